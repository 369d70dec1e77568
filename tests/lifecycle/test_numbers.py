"""A number series gives every number once, also to writers that come at the same moment."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from jiannuo.lifecycle.models import Series
from jiannuo.lifecycle.numbers import take_numbers

ON = date(2026, 11, 9)


def test_numbers_follow_each_other_and_begin_anew_each_year(db):
    assert list(take_numbers("云信录", ON)) == [1]
    assert list(take_numbers("云信录", ON, 3)) == [2, 3, 4]
    assert list(take_numbers("别录", ON)) == [1]
    assert list(take_numbers("云信录", date(2027, 1, 1))) == [1]
    assert list(take_numbers("云信录", ON)) == [5]


def test_a_rolled_back_number_is_given_again(db):
    with transaction.atomic():
        take_numbers("云信录", ON)
        transaction.set_rollback(True)
    assert list(take_numbers("云信录", ON)) == [1]


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_get_no_number_twice_and_leave_no_gap():
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("SQLite in memory has no turnstile and one writer: runs on a file (make test) and on PostgreSQL")
    given: list[int] = []
    faults: list[Exception] = []
    start = threading.Barrier(8)

    def write():
        try:
            start.wait()
            for _n in range(5):
                given.extend(take_numbers("云信录", ON, 2))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert faults == []
    assert sorted(given) == list(range(1, 81))
    assert Series.objects.get().last == 80
