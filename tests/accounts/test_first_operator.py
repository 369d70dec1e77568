"""The first account of an installation: once, and with all that guards the others."""

import pytest
from django.core.management import CommandError, call_command

from jiannuo.accounts.models import Grant, Role, User
from tests import make


def open_first(town, password=make.PASSWORD):
    call_command("first_operator", "admin", name="甲", body=town.city.pk, password=password)


def test_the_first_operator_must_change_the_password_and_there_is_only_one_first(town):
    open_first(town)
    user = User.objects.get(username="admin")
    assert user.must_change
    assert Grant.objects.get(role=Role.OPERATOR).person == user.person
    with pytest.raises(CommandError, match="already"):
        open_first(town)


def test_a_weak_password_leaves_nothing_half_done(town):
    before = User.objects.count()
    with pytest.raises(CommandError, match="found"):
        open_first(town, password="short")
    assert User.objects.count() == before
    assert not Grant.objects.filter(role=Role.OPERATOR).exists()
