"""Rows that say something else than what stands: shown, confirmed with a reason and a paper, declined, overtaken."""

from datetime import date

import pytest
from django.utils import timezone

from jiannuo.exchange.models import Row
from jiannuo.registry import actions as registry
from jiannuo.registry.models import Body
from tests.web.desk import cast, sheets

SET = "/en/desk/intake/sets/bodies/"
SAID = {"reason": "批准文件所载日期不同", "paper": "云编发〔演示〕1号", "do": "confirm"}


@pytest.fixture
def keeper(town):
    return cast.of(town)("keeper")


def hand_in(client, town, column, *said):
    """Bodies, each with another value in one column; returns the address of the batch."""
    table = sheets.table_of("bodies")
    columns = [one for one in table.columns if one.name in ("name", "kind", "division", column)]
    lines = [",".join(one.title.zh for one in columns)]
    for body, value in said:
        cells = {"name": body.name, "kind": str(body.kind), "division": body.division.name, column: value}
        lines.append(",".join(cells[one.name] for one in columns))
    content = "\r\n".join(lines).encode()
    answer = client.post(SET, {"file": sheets.upload(content, "机构.csv"), "provider": str(town.city.pk)})
    assert answer.status_code == 302, answer.content.decode()
    sheets.work()
    return answer["Location"]


@pytest.fixture
def differing(town, keeper):
    """Two days of founding that are not those that stand, and one that is."""
    return hand_in(
        keeper, town, "founded", (town.bureau, "2019-05-06"), (town.office, "2018-07-09"), (town.court, "2020-01-02")
    )


def founded(body):
    return Body.objects.get(pk=body.pk).founded.isoformat()


def rows(outcome="changed"):
    return list(Row.objects.filter(outcome=outcome).order_by("line"))


def test_was_and_now_stand_side_by_side_and_nothing_has_changed_yet(town, keeper, differing):
    page = keeper.get(differing)
    assert page.context["shown"].differ == 2
    assert "Decide on 2 differences" in page.content.decode()
    text = keeper.get(f"{differing}differences/").content.decode()
    for word in ("2020-01-02", "2019-05-06", "2018-07-09"):
        assert word in text, word
    assert founded(town.bureau) == "2020-01-02"


def test_confirming_asks_for_a_tick_and_a_reason_and_loses_nothing(town, keeper, differing):
    one = rows()[0]
    answer = keeper.post(f"{differing}differences/", SAID)
    assert answer.status_code == 422
    assert "No row is ticked" in answer.content.decode()
    assert SAID["paper"] in answer.content.decode()
    answer = keeper.post(f"{differing}differences/", SAID | {"row": one.pk, "reason": ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert f'name="row" value="{one.pk}" checked' in answer.content.decode()
    assert len(rows()) == 2


def test_one_is_confirmed_and_the_other_declined(town, keeper, differing):
    bureau, office = rows()
    answer = keeper.post(f"{differing}differences/", SAID | {"row": bureau.pk})
    assert answer.status_code == 302, [str(one) for one in answer.context["faults"]]
    assert answer["Location"] == f"{differing}differences/"
    assert "1 difference confirmed and proposed." in keeper.get(answer["Location"]).content.decode()
    assert founded(town.bureau) == "2019-05-06"
    answer = keeper.post(f"{differing}differences/", {"row": office.pk, "do": "decline"})
    assert answer["Location"] == differing
    assert founded(town.office) == "2020-01-02"
    assert [row.outcome for row in Row.objects.order_by("line")][:2] == ["amended", "declined"]
    assert keeper.get(differing).context["shown"].differ == 0
    assert "No difference waits" in keeper.get(f"{differing}differences/").content.decode()


def test_all_at_once(town, keeper, differing):
    keeper.post(f"{differing}differences/", SAID | {"all": "1"})
    assert len(rows("amended")) == 2


def test_what_was_changed_meanwhile_is_shown_again_with_the_reason(town, keeper, differing):
    page = keeper.get(f"{differing}differences/")
    body = Body.objects.get(pk=town.bureau.pk)
    registry.correct(body, founded=date(2017, 3, 4), by=town.keeper, on=timezone.localdate())
    answer = keeper.post(page.request["PATH_INFO"], SAID | {"row": rows()[0].pk})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "It was changed after you opened it" in text
    assert "2017-03-04" in text  # what stands now
    assert SAID["reason"] in text
    assert founded(town.bureau) == "2017-03-04"


def test_what_the_room_refuses_stays_a_difference_with_the_reason_beside_it(town, keeper):
    address = hand_in(keeper, town, "short_name", (town.bureau, "市建管局"))
    answer = keeper.post(f"{address}differences/", SAID | {"row": rows()[0].pk})
    assert answer.status_code == 422
    assert "This is its name already." in answer.content.decode()
    assert [row.outcome for row in Row.objects.all()] == ["changed"]
    assert rows()[0].faults
    assert keeper.get(address).context["shown"].differ == 1


def test_a_set_that_is_never_amended_says_what_to_do_instead(town, keeper):
    table = sheets.table_of("divisions")
    head = ",".join(column.title.zh for column in table.columns)
    content = f"{head}\r\n990102,青苗区,县区,9901,demo\r\n".encode()
    answer = keeper.post(
        "/en/desk/intake/sets/divisions/", {"file": sheets.upload(content, "区划.csv"), "provider": str(town.city.pk)}
    )
    sheets.work()
    page = keeper.get(f"{answer['Location']}differences/")
    text = page.content.decode()
    assert "are not changed here" in text
    assert 'value="confirm"' not in text
    assert 'value="decline"' in text
