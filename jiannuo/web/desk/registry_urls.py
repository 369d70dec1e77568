"""Addresses of registry work, under /desk/bodies/."""

from django.urls import path

from . import registry, registry_acts, registry_body, registry_ends, registry_places, registry_posts

urlpatterns = [
    path("", registry.listing, name="bodies"),
    path("new/", registry.new, name="body_new"),
    path("divisions/", registry_places.divisions, name="divisions"),
    path("parties/", registry_places.parties, name="parties"),
    path("posts/<int:pk>/appoint/", registry_posts.appoint, name="post_appoint"),
    path("occupancies/<int:pk>/leave/", registry_posts.leave, name="occupancy_leave"),
    path("<int:pk>/", registry_body.page, name="body"),
    path("<int:pk>/posts/", registry_posts.posts, name="posts"),
    path("<int:pk>/posts/add/", registry_posts.add, name="post_add"),
    path("<int:pk>/end/<slug:word>/", registry_ends.end, name="body_end"),
    path("<int:pk>/<slug:word>/", registry_acts.act, name="body_act"),
]
