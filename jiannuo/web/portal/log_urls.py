"""The log for machines: stable addresses without a language (C2SP tlog-tiles). One prefix for each epoch."""

from django.urls import path

from . import log

app_name = "log"
urlpatterns = [
    path("<int:epoch>/checkpoint", log.checkpoint, name="checkpoint"),
    path("<int:epoch>/tile/<path:rest>", log.tile, name="tile"),
    path("<int:epoch>/proof/<int:leaf>", log.proof_file, name="proof"),
    path("key", log.key, name="key"),
    path("keys", log.keys, name="keys"),
    path("withdrawn.txt", log.withdrawn_text, name="withdrawn"),
]
