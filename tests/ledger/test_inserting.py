"""Many rows at once: what lies in the database afterwards is what save() would have put there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy

from jiannuo.ledger.actions import Draft, append
from jiannuo.ledger.inserting import grown, insert
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.models import Series
from jiannuo.records.models import Record
from jiannuo.search.models import Text
from tests import make
from tests.ledger.house import postgres_only

pytestmark = pytest.mark.django_db


def columns(one):
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_it_is_what_save_would_have_put(town):
    saved = make.record(town, "draft", loss=Decimal("12.50"), title="一、二")
    facts = columns(saved) | {"number": "a", "slug": "a", "document_number": "a", "id": None}
    twin = Record(**facts)
    with transaction.atomic():
        insert([twin])
    assert columns(Record.objects.get(pk=twin.pk)) == facts | {"id": twin.pk}
    assert columns(twin) == columns(Record.objects.get(pk=twin.pk))


def test_keys_follow_each_other_also_after_a_row_was_saved_in_between():
    with transaction.atomic():
        some = [Series(name=f"a{n}", year=2026) for n in range(3)]
        insert(some)
        between = Series.objects.create(name="b", year=2026)
        more = [Series(name=f"c{n}", year=2026) for n in range(2)]
        insert(more)
    keys = [one.pk for one in (*some, between, *more)]
    assert keys == sorted(set(keys))
    assert Series.objects.create(name="d", year=2026).pk > keys[-1]
    assert not some[0]._state.adding
    some[0].last = 7
    some[0].save()
    assert Series.objects.get(pk=some[0].pk).last == 7


def test_texts_of_the_catalogue_days_and_bytes_are_prepared():
    (entry,) = append([Draft("record.enter", "record:1", date(2026, 11, 9), public={"a": "一"})])
    found = Entry.objects.get(pk=entry.pk)
    assert (bytes(found.commitment), found.on, found.at) == (bytes(entry.commitment), entry.on, entry.at)
    with transaction.atomic():
        insert([Series(name=gettext_lazy("Draft"), year=2026)])
    assert Series.objects.filter(year=2026).exclude(name="").exists()


def test_what_stands_under_the_same_value_is_replaced():
    def text(ref, title):
        return Text(ref=ref, kind="body", title=title, text=title, audience="public", body="")

    with transaction.atomic():
        insert([text("body:1", "旧"), text("body:2", "另")], replacing="ref")
        insert([text("body:1", "新")], replacing="ref")
    assert dict(Text.objects.values_list("ref", "title")) == {"body:1": "新", "body:2": "另"}


def test_a_constraint_holds_and_nothing_of_the_rows_is_left():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Series(name="a", year=2026), Series(name="a", year=2026)])
    assert not Series.objects.exists()


def test_nothing_is_nothing_and_it_wants_a_transaction(django_db_blocker):
    insert([])
    assert connection.in_atomic_block  # the test's own: outside one it would be refused


@pytest.mark.parametrize(
    ("first", "last", "has_doubled"),
    [
        (1, 999, False),
        (1, 1000, True),
        (1000, 1022, False),
        (1000, 1023, True),
        (1024, 2046, False),
        (1500, 2047, True),
    ],
)
def test_a_table_has_grown_when_its_keys_pass_a_power_of_two(first, last, has_doubled):
    assert grown(first, last) is has_doubled


@postgres_only
def test_postgresql_is_told_at_once_of_a_table_that_has_grown(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        insert([Series(name=f"s{n}", year=2026) for n in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_distinct FROM pg_stats WHERE tablename = 'lifecycle_series' AND attname = 'name'")
        assert cursor.fetchone()[0] == -1  # each name is another
