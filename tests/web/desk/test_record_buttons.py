"""What the page of a record offers to whom, state by state: what is not offered is refused."""

import pytest

from jiannuo.web.desk.record_acts import OF_PUBLICATION, OF_RECORD
from tests.web.desk import cast
from tests.web.portal.conftest import walked

from .test_records import at

ROLES = ("registrar", "reviewer", "head", "disclosure", "legal", "archivist")


@pytest.fixture
def browser(town):
    return cast.of(town)


@pytest.mark.parametrize("until", ["draft", "returned", "checked", "noticed", "in_force", "published", "expired"])
def test_the_buttons_of_the_page_are_those_the_machine_opens_and_others_are_refused(town, browser, until):
    record = walked(town, until)
    for role in ROLES:
        page = browser(role).get(at(record))
        if page.status_code == 404:
            continue
        shown = {act.step.verb for act in page.context["acts"]}
        for verb, ways in [(v, OF_RECORD) for v in OF_RECORD] + [(v, OF_PUBLICATION) for v in OF_PUBLICATION]:
            if verb in shown or (ways is OF_PUBLICATION and until not in ("in_force", "published")):
                continue
            answer = browser(role).get(at(record, verb))
            assert answer.status_code in (403, 404, 422) or verb == "release", (until, role, verb)
            before = cast.fresh(record).version
            browser(role).post(at(record, verb), {"version": before, "reason": "x", "sure": "1"})
            assert cast.fresh(record).version == before or verb == "release", (until, role, verb)
