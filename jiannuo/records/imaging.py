"""For `log verify --rows`: what each published thing says now, to be held against its last entry."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from .models import Publication


def images(on: date) -> Iterator[tuple[str, dict[str, Any]]]:
    for publication in Publication.objects.filter(state="cleared").select_related("record__body", "record__organ"):
        image = publication.after_image(on)
        if image:
            yield publication.ref, image["facts"]
