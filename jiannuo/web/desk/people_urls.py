"""Addresses of “who may do what”, under /desk/people/."""

from django.urls import path

from . import hooks, keys, people

urlpatterns = [
    path("", people.people, name="people"),
    path("new/", people.new, name="person_new"),
    path("roles/", people.roles, name="people_roles"),
    path("keys/", keys.overview, name="keys"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="key_revoke"),
    path("hooks/", hooks.overview, name="hooks"),
    path("hooks/<int:pk>/end/", hooks.end, name="hook_end"),
    path("hooks/<int:pk>/ping/", hooks.ping, name="hook_ping"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/grant/", people.grant, name="person_grant"),
    path("<int:pk>/account/", people.account_new, name="person_account"),
    path("grants/<int:pk>/end/", people.end, name="grant_end"),
    path("accounts/<int:pk>/<slug:deed>/", people.account, name="account_deed"),
]
