"""Lists: exact totals, filters that are links with counts, few queries, and bad values that say so."""

import pytest
from django.test.utils import CaptureQueriesContext

from jiannuo.records.models import Record
from jiannuo.web.portal import cube

from .conftest import walked


def test_totals_and_counts_are_those_of_the_rows(city):
    from django.utils import timezone

    today = timezone.localdate()
    counts = cube.showing(today)
    rows = Record.objects.showing(today)
    assert counts.total({}) == rows.count() == 3
    for axis, column in (("kind", "kind"), ("source", "source"), ("severity", "severity")):
        for value, n in counts.facets({})[axis].items():
            if not value:
                continue  # an honour has no class: "" is no filter
            assert n == rows.filter(**{column: value}).count()
            assert counts.total({axis: value}) == n


def test_a_facet_counts_what_choosing_it_would_show(city):
    from django.utils import timezone

    counts = cube.showing(timezone.localdate())
    chosen = {"kind": "honour"}
    facets = counts.facets(chosen)
    assert facets["kind"]["dishonesty"] == 2  # its own filter does not narrow its own counts
    assert sum(facets["source"].values()) == counts.total(chosen) == 1


def test_a_new_record_is_counted_at_once_and_a_withdrawn_one_no_more(client, city):
    from jiannuo.records import actions as records

    assert "2 dishonesty records" in client.get("/en/records/").content.decode()
    made = walked(city, title="又一件")
    assert "3 dishonesty records" in client.get("/en/records/").content.decode()
    on = made.publication.starts
    records.withdraw(made.publication, reason="撤下", by=city.disclosure, on=on)
    assert "2 dishonesty records" in client.get("/en/records/").content.decode()


def test_filters_are_links_that_keep_each_other(client, city):
    page = client.get("/en/records/", {"kind": "dishonesty"}).content.decode()
    assert 'href="?kind=dishonesty&amp;source=DEFAULT"' in page
    assert city.honour.title not in page
    page = client.get("/en/records/", {"kind": "dishonesty", "county": "city", "year": city.breach.effective.year})
    assert city.breach.title in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "kind=none",
        "source=%00",
        "severity=x",
        "county=abc",
        "county=99999999999999999999999",
        "year=99999999",
        "year=二〇",
    ],
)
def test_a_bad_filter_is_named_and_nothing_else_happens(client, city, query):
    response = client.get(f"/en/records/?{query}")
    assert response.status_code == 200
    page = response.content.decode()
    assert "No record" in page or "No published record" in page or query == "source=%00"
    if query not in ("source=%00",):
        assert "has no such value, so nothing matches it." in page


@pytest.mark.parametrize(
    "query", ["county=abc", "county=99999999999999999999999", "kind=zz", "page=x", "q=%00", "page=999"]
)
def test_bad_values_on_the_list_of_bodies_do_not_break_it(client, city, query):
    assert client.get(f"/bodies/?{query}").status_code == 200
    assert client.get(f"/search/?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/bodies/99999999999999999999/", "/log/1/leaf/99999999999999999999/", "/log/9/leaf/1/", "/records/%E4%BA%91/"],
)
def test_numbers_that_no_row_can_have_are_not_found(client, city, path):
    assert client.get(path).status_code == 404


def test_the_list_takes_five_queries_at_most_whatever_its_length(client, city):
    from django.db import connection

    client.get("/records/")
    with CaptureQueriesContext(connection) as few:
        client.get("/records/")
    for n in range(4):
        walked(city, title=f"第{n}件")
    client.get("/records/")
    with CaptureQueriesContext(connection) as more:
        assert client.get("/records/").status_code == 200
    assert len(more) == len(few)
    # Two ask the ledger whether anything changed, one reads the rows, and the frame's two: the city, the log's state.
    assert len(more) <= 5, [query["sql"][:90] for query in more]


def test_bodies_are_filtered_by_place_sort_and_state(client, city):
    assert city.old.name not in client.get("/bodies/").content.decode()
    assert city.old.name in client.get("/bodies/", {"state": "ended"}).content.decode()
    page = client.get("/bodies/", {"kind": "court"}).content.decode()
    assert city.court.name in page
    assert city.office.name not in page
    page = client.get("/bodies/", {"county": city.county.division_id}).content.decode()
    assert city.county.name in page
    assert city.court.name not in page


@pytest.mark.parametrize(
    ("query", "found", "allowed"),
    [
        ("records/?kind=none", "none", "Dishonesty record, Honour record"),
        ("records/?page=9", "9", "1 to 1"),
        ("records/?page=x", "x", "1 to 1"),
        ("bodies/?county=abc", "abc", "City level, 青禾区"),
        ("bodies/?state=gone", "gone", "existing, ended, all"),
        ("search/?q=路&kind=person", "person", "Bodies, Records"),
        ("search/?q=" + "路" * 101, "101 characters", "at most 100 characters"),
        ("log/?page=77", "77", "1 to 1"),
    ],
)
def test_what_does_not_fit_is_told_with_what_would(client, city, query, found, allowed):
    page = client.get(f"/en/{query}").content.decode()
    refusal = page[page.index('class="jn-refuse"') :]
    assert f"<dd>{found}</dd>" in refusal
    assert f"<dd>{allowed}</dd>" in refusal


def test_the_heading_counts_what_is_listed(client, city):
    assert ">2 dishonesty records in publicity<" in client.get("/en/records/?kind=dishonesty").content.decode()
    page = client.get("/en/records/?kind=honour").content.decode()
    assert ">1 honour<" in page
    assert "records in publicity<" not in page[page.index("<h1") : page.index("</h1>")]


def test_a_list_swapped_by_script_is_the_same_page(client, city):
    plain = client.get("/en/records/?kind=honour")
    swapped = client.get("/en/records/?kind=honour", headers={"hx-request": "true", "hx-target": "list"})
    assert plain.content == swapped.content


@pytest.mark.parametrize("size", [0, 10**6])
def test_both_ways_to_the_records_of_a_county_find_the_same(client, city, monkeypatch, size):
    from jiannuo.web.portal import records

    walked(city, title="区里的一件", body=city.county)
    county = city.county.division_id
    monkeypatch.setattr(records, "PER_PAGE", size)
    page = client.get(f"/records/?county={county}&size=50").content.decode()
    assert "区里的一件" in page
    assert city.breach.title not in page
    page = client.get("/records/?county=city&size=50").content.decode()
    assert city.breach.title in page
    assert "区里的一件" not in page


def test_a_line_of_the_list_is_escaped_and_holds_only_what_was_entered(client, city):
    walked(city, title="<i>甲</i>{day} & 乙")
    page = client.get("/records/").content.decode()
    assert "&lt;i&gt;甲&lt;/i&gt;{day} &amp; 乙" in page
