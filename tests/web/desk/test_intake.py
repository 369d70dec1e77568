"""Handing in at the desk: template, upload, every bad cell with its address, the mended file, the same file again."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from jiannuo.exchange.models import Batch, Row
from jiannuo.registry.models import Division
from tests.web.desk import cast, sheets

HOME = "/en/desk/intake/"
SET = "/en/desk/intake/sets/divisions/"
GOOD = [
    {"code": "990103", "name": "白溪县", "level": "县区", "parent": "9901", "source": "demo"},
    {"code": "990104", "name": "雁鸣县", "level": "县区", "parent": "9901", "source": "demo"},
    {"code": "990105", "name": "澄湖区", "level": "县区", "parent": "9901", "source": "demo"},
]
BAD = [
    {"code": "990106", "name": "枫岭区", "level": "大区", "parent": "9901", "source": "demo"},
    {"code": "990107", "name": "", "level": "县区", "parent": "9901", "source": "demo"},
]
MENDED = [BAD[0] | {"level": "县区"}, BAD[1] | {"name": "石门县"}]


@pytest.fixture
def browser(town):
    return cast.of(town)


@pytest.fixture
def keeper(browser):
    return browser("keeper")


def book(client, rows, name="divisions"):
    template = client.get(f"/en/desk/intake/sets/{name}/template.xlsx").content
    return sheets.filled(template, name, rows)


def hand_in(client, rows, address=SET, file_name="区划.xlsx", **typed):
    """Hand a filled template in and let the worker do its turn; returns the page of the batch."""
    answer = client.post(address, {"file": sheets.upload(book(client, rows), file_name), **typed})
    assert answer.status_code == 302, answer.content.decode()
    sheets.work()
    return client.get(answer["Location"])


def bureau(town):
    return {"provider": str(town.city.pk)}


def test_the_first_page_offers_what_one_may_hand_in_and_nothing_else(town, browser):
    offered = {
        name: [one.dataset.table.name for one in browser(name).get(HOME).context["offers"]]
        for name in ("keeper", "head")
    }
    assert {"divisions", "bodies"} <= set(offered["keeper"])
    assert offered["head"] == []
    for name in ("reviewer", "disclosure", "stranger"):
        answer = browser(name).get(HOME)
        assert answer.status_code == 403
        assert "It is for:" in answer.content.decode()


def test_the_menu_leads_there_whoever_may_go(town, browser):
    for name, may in {"keeper": True, "head": True, "reviewer": False, "stranger": False}.items():
        assert (f'href="{HOME}"' in browser(name).get("/en/desk/bodies/").content.decode()) == may, name


def test_the_template_is_a_workbook_with_our_heads_and_a_csv_file_with_the_same(keeper):
    answer = keeper.get(f"{SET}template.xlsx")
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    table = sheets.table_of("divisions")
    assert list(sheets.head_of(sheet, table)[1]) == [column.name for column in table.columns]
    heads = keeper.get(f"{SET}template.csv").content.decode("utf-8-sig")
    assert all(column.title.zh in heads for column in table.columns)
    assert keeper.get(f"{SET}template.pdf").status_code == 404


def test_good_rows_are_taken_and_each_bad_cell_is_shown_where_it_lies(town, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    batch = sheets.newest()
    assert (batch.stage, batch.provider, batch.channel) == ("done", town.city, "desk")
    shown = page.context["shown"]
    assert (shown.new, shown.bad, shown.headline) == (3, 2, "3 rows taken, 2 to mend")
    assert set(Division.objects.filter(name__in=["白溪县", "雁鸣县", "澄湖区"]).values_list("code", flat=True)) == {
        "990103",
        "990104",
        "990105",
    }
    cells = {bad.address: (bad.fault.column, found) for bad, found in page.context["written"]}
    sheet = openpyxl.load_workbook(BytesIO(book(keeper, GOOD + BAD))).worksheets[0]
    assert {column for column, _found in cells.values()} == {"level", "name"}
    for address, (_column, found) in cells.items():
        assert (sheet[address].value or "") == found  # as the clerk's own spreadsheet names the cell
    text = page.content.decode()
    assert "大区" in text
    assert "县区" in text  # what would be right


def test_kinds_of_fault_are_counted_and_chosen_by_a_link(town, keeper):
    rows = [BAD[0] | {"code": f"9902{n:02}", "name": f"第{n}区"} for n in range(60)]
    page = hand_in(keeper, [*rows, BAD[1]], **bureau(town))
    groups = page.context["groups"]
    assert [(group.title, group.n) for group in groups] == [("Level", 60), ("Name", 1)]
    assert len(page.context["written"]) == 50
    address = page.request["PATH_INFO"]
    assert len(keeper.get(address, {"page": 2}).context["written"]) == 11
    one = keeper.get(address, {"fault": groups[1].key})
    assert [bad.fault.column for bad, _found in one.context["written"]] == ["name"]
    assert one.context["sheet"]["line"] == one.context["written"][0][0].line
    assert len(keeper.get(address, {"fault": "nonsense", "page": "x", "line": "9" * 20}).context["written"]) == 50


def test_the_commented_workbook_has_a_comment_on_each_bad_cell_and_none_elsewhere(town, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    bad = {one.address for one, _found in page.context["written"]}
    answer = keeper.get(f"{page.request['PATH_INFO']}errors/")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} >= bad
    assert "区划" in str(answer["Content-Disposition"]) or "utf-8" in str(answer["Content-Disposition"])


def test_the_mended_file_completes_the_batch_and_enters_nothing_twice(town, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    first = page.context["batch"]
    later = hand_in(keeper, GOOD + MENDED, address=f"{page.request['PATH_INFO']}again/")
    assert later.context["batch"].mends == first
    assert (later.context["shown"].new, later.context["shown"].same, later.context["shown"].bad) == (2, 3, 0)
    assert Division.objects.filter(name="白溪县").count() == 1
    older = keeper.get(page.request["PATH_INFO"])
    assert later.context["batch"].number in older.content.decode()
    assert older.context["shown"].look[2] == "mended in another batch"


def test_the_same_file_twice_changes_nothing(town, keeper):
    hand_in(keeper, GOOD, **bureau(town))
    count = Division.objects.count()
    page = hand_in(keeper, GOOD, **bureau(town))
    assert page.context["shown"].headline == "Nothing changed: all 3 rows stand already as they are here"
    assert Division.objects.count() == count


def test_while_it_is_worked_the_page_asks_again_and_stops_when_it_is_done(town, keeper):
    answer = keeper.post(SET, {"file": sheets.upload(book(keeper, GOOD)), **bureau(town)})
    page = keeper.get(answer["Location"])
    progress = f"{page.request['PATH_INFO']}progress/"
    assert f'hx-get="{progress}"' in page.content.decode()
    assert "Look again" in page.content.decode()  # without script
    part = keeper.get(progress, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "<html" not in part.content.decode()
    sheets.work()
    part = keeper.get(progress, headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"
    assert "hx-get" not in part.content.decode()
    assert keeper.get(progress)["Location"] == page.request["PATH_INFO"]
    assert "hx-get" not in keeper.get(page.request["PATH_INFO"]).content.decode()


def test_no_file_is_said_at_its_field_and_what_was_chosen_stays(town, keeper):
    answer = keeper.post(SET, {"provider": str(town.bureau.pk)})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose a file." in text
    assert f'<option value="{town.bureau.pk}" selected>' in text
    assert not Batch.objects.exists()


def test_of_several_files_each_stands_for_itself(town, keeper):
    good, empty = sheets.upload(book(keeper, GOOD)), sheets.upload(b"", "空.xlsx")
    answer = keeper.post(SET, {"file": [good, empty], **bureau(town)})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "空.xlsx" in text
    assert "The file is empty." in text
    assert sheets.newest().number in text
    assert Batch.objects.count() == 1
    more = [sheets.upload(book(keeper, [one]), f"{one['name']}.xlsx") for one in GOOD[:2]]
    two = keeper.post(SET, {"file": more, **bureau(town)})
    assert two.status_code == 302
    assert two["Location"] == SET
    text = keeper.get(SET).content.decode()
    assert all(batch.number in text for batch in Batch.objects.all())


def test_a_body_that_is_not_ones_own_is_refused_at_its_field(town, keeper):
    answer = keeper.post(SET, {"file": sheets.upload(book(keeper, GOOD)), "provider": str(town.court.pk)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["provider"]
    assert not Batch.objects.exists()


def test_a_file_that_is_no_table_is_refused_as_a_whole_and_says_what_to_do(town, keeper):
    answer = keeper.post(SET, {"file": sheets.upload(b"<html><table></table></html>", "导出.xls"), **bureau(town)})
    sheets.work()
    page = keeper.get(answer["Location"])
    assert page.context["shown"].is_refused
    text = page.content.decode()
    assert "Why nothing was taken" in text
    assert ".xlsx" in text
    assert "jn-progress" in text


def test_another_sheet_of_the_file_is_read_at_a_press(town, keeper):
    two = openpyxl.load_workbook(BytesIO(book(keeper, GOOD[:1])))
    other = two.copy_worksheet(two.worksheets[0])
    other.title = "二季度"
    line, places = sheets.head_of(other, sheets.table_of("divisions"))
    for column, text in GOOD[1].items():
        other.cell(line + 1, places[column], text)
    out = BytesIO()
    two.save(out)
    answer = keeper.post(SET, {"file": sheets.upload(out.getvalue()), **bureau(town)})
    sheets.work()
    page = keeper.get(answer["Location"])
    assert page.context["shown"].other_sheets == ["二季度"]
    answer = keeper.post(f"{page.request['PATH_INFO']}again/", {"sheet": "二季度"})
    sheets.work()
    page = keeper.get(answer["Location"])
    assert (page.context["batch"].sheet, page.context["shown"].new) == ("二季度", 1)
    assert Division.objects.filter(name="雁鸣县").exists()


def test_every_row_says_what_became_of_it_and_leads_there(town, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    rows = keeper.get(f"{page.request['PATH_INFO']}rows/")
    assert [row.outcome for row, *_rest in rows.context["rows"]] == ["new", "new", "new", "refused", "refused"]
    some = keeper.get(f"{page.request['PATH_INFO']}rows/", {"outcome": "refused"})
    assert len(some.context["rows"]) == 2
    assert f"?line={some.context['rows'][0][0].line}#sheet" in some.content.decode()


def test_the_list_is_filtered_by_set_stage_body_and_day(town, keeper):
    hand_in(keeper, GOOD, **bureau(town))
    hand_in(keeper, BAD, provider=str(town.county.pk))
    address = reverse("desk:batches")

    def found(**asked):
        return len(keeper.get(address, asked).context["batches"])

    day = Batch.objects.all()[0].on.isoformat()
    assert found() == 2
    assert found(dataset="divisions") == 2
    assert found(dataset="bodies") == 0
    assert found(provider="青禾") == 1
    assert found(stage="done") == 2
    assert found(stage="refused") == 0
    assert found(outcome="refused") == 1
    assert found(since=day, until=day) == 2
    assert found(since="2099-01-01") == 0
    assert found(since="2026-02-31") == 2  # no such day: no filter


def test_what_is_left_to_do_waits_in_my_work_until_it_is_mended(town, browser, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    batch = page.context["batch"]

    def waits(client, **asked):
        groups = client.get("/en/desk/", asked).context["groups"]
        return [one.key for group in groups for one in group["rows"] if one.kind == "batch"]

    assert waits(keeper) == [f"batch-{batch.pk}"]
    assert waits(browser("head")) == []
    assert waits(browser("head"), scope="all") == [f"batch-{batch.pk}"]
    pane = keeper.get("/en/desk/", {"item": f"batch-{batch.pk}", "kind": "batch", "q": batch.number})
    assert page.request["PATH_INFO"] in pane.content.decode()
    hand_in(keeper, GOOD + MENDED, address=f"{page.request['PATH_INFO']}again/")
    assert waits(keeper) == []


def test_who_may_not_see_a_batch_finds_nothing_there(town, browser, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    address = page.request["PATH_INFO"]
    other = cast.newcomer("registry", town.county)
    for part in ("", "rows/", "errors/", "progress/", "differences/", "receipt/", "receipt.txt"):
        assert browser("head").get(address + part).status_code in (200, 302), part
        for client in (other, browser("registrar"), browser("stranger")):
            assert client.get(address + part).status_code == 404, part
    for client, status in ((other, 404), (browser("head"), 403)):
        assert client.post(f"{address}again/", {"file": sheets.upload(b"x")}).status_code == status
        assert client.post(f"{address}differences/", {"do": "decline"}).status_code == status
    assert Batch.objects.count() == 1


def test_the_auditor_sees_that_it_was_handed_in_and_not_what_it_says(town, keeper):
    address = hand_in(keeper, GOOD + BAD, **bureau(town)).request["PATH_INFO"]
    auditor = cast.newcomer("auditor", town.city)
    page = auditor.get(address)
    text = page.content.decode()
    assert "3 rows taken, 2 to mend" in text
    assert "Level: " in text  # the kinds of fault
    assert "大区" not in text
    assert "rows/" not in text
    for part in ("rows/", "errors/", "differences/"):
        assert auditor.get(address + part).status_code == 404, part
    assert auditor.get(f"{address}receipt/").status_code == 200
    assert (
        "大区" not in auditor.get("/en/desk/", {"scope": "all", "item": f"batch-{sheets.newest().pk}"}).content.decode()
    )


def test_a_long_list_of_faults_costs_no_more_queries_than_a_short_one(town, keeper, django_assert_max_num_queries):
    rows = [BAD[0] | {"code": f"9902{n:02}", "name": f"第{n}区"} for n in range(55)]
    long = hand_in(keeper, rows, **bureau(town)).request["PATH_INFO"]
    with django_assert_max_num_queries(22):
        keeper.get(long)
    with django_assert_max_num_queries(18):
        keeper.get(f"{long}rows/")


def test_the_pages_speak_chinese_too(town, keeper):
    page = hand_in(keeper, GOOD + BAD, **bureau(town))
    chinese = keeper.get(page.request["PATH_INFO"].removeprefix("/en"))
    assert "级别" in chinese.content.decode()
    with translation.override("zh-hans"):
        assert [group.title for group in chinese.context["groups"]] == ["级别", "区划名称"]


def test_rows_of_a_batch_keep_what_was_written(town, keeper):
    hand_in(keeper, GOOD + BAD, **bureau(town))
    assert Row.objects.filter(raw__level="大区", outcome="refused").count() == 1
