"""Every address × every role: what is answered to a GET. A new address fails here until its row is written by hand."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from jiannuo.accounts.models import Role
from jiannuo.evidence import actions as evidence
from jiannuo.exchange import actions as exchange
from jiannuo.exchange import jobs
from jiannuo.ledger import sequencer
from jiannuo.ledger.models import Entry
from jiannuo.lifecycle.offered import data_sets
from jiannuo.records.models import Record
from jiannuo.registry import actions as registry
from tests import make
from tests.web.desk.cast import newcomer

ROLES = [role.value for role in Role]
# Who works on records sees those of the bodies below the post; the archive holds what is sealed (records/reading.py).
STAFF = {"registrar", "reviewer", "head", "disclosure", "legal", "determiner", "auditor"}
SEES = STAFF | {"liaison", "chief"}
ADMIN = {"operator", "auditor"}
EVERYBODY = set(ROLES)
# Who hands in data of the registry, and who looks at what was handed in (exchange/reading.py).
HAND_IN = {"registry"}
INTAKE = HAND_IN | {"head", "auditor"}
# And who hands in some other data set: the page where one does so is open, a batch of the registry is not.
ANY_SET = {"registrar", "reporter"}

# Whose bodies' reporting one sees (exchange/reporting.py).
QUALITY = {"registrar", "head", "auditor", "chief", "reporter", "liaison"}


def only(roles, otherwise, granted=200):
    return {role: granted if role in roles else otherwise for role in ROLES}


def names(patterns=None, space=()):
    """Every named address of the house, with its namespace."""
    for one in patterns or get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns, (*space, one.namespace) if one.namespace else space)
        elif isinstance(one, URLPattern) and one.name:
            yield ":".join((*space, one.name))


PUBLIC = (
    "portal:home",
    "portal:search",
    "portal:bodies",
    "portal:body",
    "portal:records",
    "portal:record",
    "portal:log",
    "portal:withdrawn",
    "portal:leaf",
    "portal:records_download",
    "portal:feed_records",
    "portal:feed_body",
    "portal:feed_withdrawn",
    "portal:bodies_download",
    "portal:data",
    "portal:data_catalogue",
    "portal:data_table",
    "portal:rules",
    "portal:calculator",
    "portal:rule",
    "portal:accessibility",
    "portal:privacy",
    "portal:robots",
    "portal:sitemap",
    "portal:api",
    "api:openapi",
    "api:datasets",
    "api:changes",
    "api:log",
    "api:rows",
    "api:row",
    "log:checkpoint",
    "log:tile",
    "log:proof",
    "log:key",
    "log:keys",
    "log:withdrawn",
)
# name → (status for a visitor, status by role). A visitor of the desk is sent to sign in (302).
TABLE = {name: (200, only(EVERYBODY, 0)) for name in PUBLIC}
TABLE |= {
    "portal:data_file": (503, only(EVERYBODY, 0, 503)),  # no package yet
    "portal:large": (302, only(EVERYBODY, 0, 302)),
    "desk:work": (302, only(EVERYBODY, 0)),
    "desk:notice_noted": (302, only(set(), 405)),
    "desk:records": (302, only(EVERYBODY, 0)),
    "desk:record_new": (302, only({"registrar"}, 403)),
    "desk:record": (302, only(SEES, 404)),
    "desk:record_edit": (302, only(SEES, 404, 422)),  # it is in force: nothing is edited any more
    "desk:record_correct": (302, only(SEES, 404, 403) | {"registrar": 200}),
    "desk:receipt_confirm": (302, only(set(), 405)),
    "desk:document_add": (302, only(set(), 405)),
    "desk:document": (302, only(STAFF, 404)),
    "desk:document_twin": (302, only(set(), 405)),
    "desk:record_step": (302, only(SEES, 404, 403) | {"head": 200}),  # a stay is for the head
    "desk:bodies": (302, only(EVERYBODY, 0)),
    "desk:body_new": (302, only({"registry"}, 403)),
    "desk:divisions": (302, only(EVERYBODY, 0)),
    "desk:parties": (302, only(EVERYBODY, 0)),
    "desk:post_appoint": (302, only(set(), 405)),
    "desk:occupancy_leave": (302, only(set(), 405)),
    "desk:body": (302, only(EVERYBODY, 0)),
    "desk:posts": (302, only({"registry", "head"}, 403)),
    "desk:post_add": (302, only(set(), 405)),
    "desk:body_end": (302, only({"registry"}, 403)),
    "desk:body_act": (302, only({"registry"}, 403)),
    "desk:people": (302, only(ADMIN, 403)),
    "desk:keys": (302, only(ADMIN, 403)),
    "desk:key_revoke": (302, only(set(), 405)),
    "desk:person_new": (302, only({"operator"}, 403)),
    "desk:person": (302, only(ADMIN, 403)),
    "desk:person_grant": (302, only(set(), 405)),
    "desk:person_account": (302, only(set(), 405)),
    "desk:grant_end": (302, only(set(), 405)),
    "desk:account_deed": (302, only(set(), 405)),
    "desk:hooks": (302, only(ADMIN, 403)),
    "desk:hook_end": (302, only(set(), 405)),
    "desk:hook_ping": (302, only(set(), 405)),
    "hook_key": (404, only(EVERYBODY, 0, 404)),  # nothing was signed yet
    "desk:people_roles": (302, only(EVERYBODY, 0)),
    "desk:rules": (302, only(EVERYBODY, 0)),
    "desk:intake": (302, only(INTAKE | ANY_SET, 403)),
    "desk:intake_set": (302, only(HAND_IN, 403)),
    "desk:intake_template": (302, only(EVERYBODY, 0)),
    "desk:batches": (302, only(INTAKE | ANY_SET, 403)),
    "desk:batch": (302, only(INTAKE, 404)),
    "desk:batch_progress": (302, only(INTAKE, 404, 302)),
    "desk:batch_again": (302, only(set(), 405)),
    "desk:batch_rows": (302, only(INTAKE - {"auditor"}, 404)),
    "desk:batch_errors": (302, only(INTAKE - {"auditor"}, 404)),
    "desk:batch_differences": (302, only(INTAKE - {"auditor"}, 404)),
    "desk:batch_receipt": (302, only(INTAKE, 404)),
    "desk:batch_receipt_note": (302, only(INTAKE, 404)),
    "desk:quality": (302, only(QUALITY, 403)),
    "desk:quality_bulletin": (302, only(QUALITY, 403)),
    "desk:quality_download": (302, only(QUALITY, 403)),
    "desk:quality_body": (302, only(QUALITY, 403)),
    "desk:duty_new": (302, only({"registrar", "head"}, 403)),
    "desk:duty_end": (302, only(set(), 405)),
    "desk:zero_report": (302, only(set(ROLES) - QUALITY, 404, 403)),  # no duty yet
    "desk:zero_report_note": (302, only(set(ROLES) - QUALITY, 404, 403)),
    "desk:levels": (302, only({"registrar", "head", "auditor", "operator"}, 403)),
    "desk:handover": (302, only(EVERYBODY - {"registrar", "head", "auditor", "operator"}, 404, 403)),  # none yet
    "handover:packages": (405, only(EVERYBODY, 0, 405)),  # signed statements of another level, by POST
    "handover:parts": (405, only(EVERYBODY, 0, 405)),
    "handover:reconcile": (405, only(EVERYBODY, 0, 405)),
    # A session is no key: at the API everybody without one is a visitor (tests/api holds keys against each role).
    "api:docs": (302, only(EVERYBODY, 0, 302)),
    "api:batch": (401, only(EVERYBODY, 0, 401)),
    "api:batch_rows": (401, only(EVERYBODY, 0, 401)),
    "api:batch_receipt": (401, only(EVERYBODY, 0, 401)),
    "api:hand_in": (405, only(EVERYBODY, 0, 405)),
    "api:hand_in_file": (405, only(EVERYBODY, 0, 405)),
    "account_login": (200, only(EVERYBODY, 0, 302)),
    "account_logout": (302, only(EVERYBODY, 0)),
    "account_inactive": (200, only(EVERYBODY, 0)),
    "account_reauthenticate": (302, only(EVERYBODY, 0)),
    "account_change_password": (302, only(EVERYBODY, 0)),
    "mfa_index": (302, only(EVERYBODY, 0)),
    "mfa_authenticate": (302, only(EVERYBODY, 0, 302)),
    "mfa_reauthenticate": (302, only(EVERYBODY, 0)),
    "mfa_activate_totp": (302, only(EVERYBODY, 0, 302)),
    "mfa_deactivate_totp": (302, only(EVERYBODY, 0, 302)),
    "mfa_view_recovery_codes": (302, only(EVERYBODY, 0, 404)),  # none made yet
    "mfa_generate_recovery_codes": (302, only(EVERYBODY, 0)),
}


@pytest.fixture
def places(town):
    """One thing behind every address: a published record with document and twin, an entry with its leaf."""
    record = make.record(town, "in_force")
    on = record.effective
    (paper,) = evidence.file_documents(
        [evidence.NewDocument(record.ref, "决定书", b"%PDF-1.4 text", declared=True, body=record.body.ref)],
        by=town.registrar,
        on=on,
    )
    evidence.attach_twin(paper, b"%PDF-1.4 masked", redactions="无", by=town.disclosure, on=on)
    make.publish(town, record, on=on)
    record = Record.objects.get(pk=record.pk)
    post = registry.add_post(town.bureau, "局长", is_head=True, by=town.keeper, on=make.MONDAY)
    sequencer.sequence(timezone.now())
    cleared = Entry.objects.filter(subject=record.publication.ref, verb="publication.clear").get()
    person = town.reviewer.user.person
    body, slug = town.bureau.pk, record.slug
    number = _batch(town).number
    return {
        "desk:intake_set": ["divisions"],
        "desk:intake_template": ["divisions", "xlsx"],
        **{f"desk:batch{part}": [number] for part in ("", *BATCH_PARTS)},
        "api:rows": ["bodies"],
        "api:row": ["bodies", town.bureau.ref],
        "api:hand_in": ["bodies"],
        "api:hand_in_file": ["bodies"],
        **{f"api:batch{part}": [number] for part in ("", "_rows", "_receipt")},
        "portal:body": [body],
        "portal:feed_body": [body],
        "portal:record": [slug],
        "portal:leaf": [cleared.epoch_id, cleared.leaf],
        "portal:rule": ["terms", "record.check"],
        "portal:data_table": ["bodies"],
        "portal:records_download": ["csv"],
        "portal:bodies_download": ["csv"],
        "portal:data_file": ["datapackage.json"],
        "log:checkpoint": [cleared.epoch_id],
        "log:tile": [cleared.epoch_id, f"0/000.p/{_size()}"],
        "log:proof": [cleared.epoch_id, cleared.leaf],
        "desk:notice_noted": [1],
        "desk:record": [slug],
        "desk:record_edit": [slug],
        "desk:record_correct": [slug],
        "desk:receipt_confirm": [1],
        "desk:document_add": [slug],
        "desk:document": [slug, paper.pk],
        "desk:document_twin": [slug, paper.pk],
        "desk:record_step": [slug, "stay"],
        "desk:post_appoint": [post.pk],
        "desk:occupancy_leave": [1],
        "desk:body": [body],
        "desk:posts": [body],
        "desk:post_add": [body],
        "desk:body_end": [body, "abolish"],
        "desk:body_act": [body, "rename"],
        "desk:quality_body": [body],
        "desk:handover": [1],
        "desk:duty_end": [1],
        "desk:zero_report": [1, "2026-10"],
        "desk:zero_report_note": [1],
        "desk:key_revoke": [1],
        "desk:hook_end": [1],
        "desk:hook_ping": [1],
        "desk:person": [person.pk],
        "desk:person_grant": [person.pk],
        "desk:person_account": [person.pk],
        "desk:grant_end": [1],
        "desk:account_deed": [1, "unlock"],
    }


BATCH_PARTS = ("_progress", "_again", "_rows", "_errors", "_differences", "_receipt", "_receipt_note")


def _batch(town):
    """A file of divisions that was worked: one row is at fault."""
    table = data_sets()["divisions"].table
    head = ",".join(column.title.zh for column in table.columns)
    batch = exchange.receive_file(
        f"{head}\r\n990109,南岭县,大区,9901,demo\r\n".encode(),
        dataset="divisions",
        provider=town.city,
        file_name="区划.csv",
        channel="desk",
        by=town.keeper,
        on=timezone.localdate(),
    )
    while jobs.work(timezone.now()):
        pass
    batch.refresh_from_db()
    return batch


def _size():
    now = sequencer.head()
    assert now is not None
    return now.size


def test_every_address_has_its_row():
    assert set(names()) == set(TABLE)


def asked(client, places):
    """What each address answers this client: name → status."""
    return {name: client.get(reverse(name, args=places.get(name, []))).status_code for name in TABLE}


def test_a_visitor(places, client):
    got = asked(client, places)
    assert {name: status for name, status in got.items() if status != TABLE[name][0]} == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_role(town, places, role):
    client: Client = newcomer(role, town.city)
    last = ["account_logout"]  # asked last, as it may end the session
    got = {}
    for name in [one for one in TABLE if one not in last] + last:
        got[name] = client.get(reverse(name, args=places.get(name, []))).status_code
    assert {name: status for name, status in got.items() if status != TABLE[name][1][role]} == {}


def test_staff_of_another_county_see_no_record_and_change_no_body(town, places):
    """Roles reach down from the body on which they are granted, and nowhere else."""
    for role in ("registrar", "reviewer", "head", "registry", "liaison"):
        client = newcomer(role, town.county)
        for name in ("desk:record", "desk:document"):
            assert client.get(reverse(name, args=places[name])).status_code == 404, (role, name)
        assert client.get(reverse("desk:body_act", args=places["desk:body_act"])).status_code == 403, role


def test_the_action_itself_refuses_and_not_only_the_button(town, places):
    """A POST by hand, past every button."""
    record = Record.objects.get()
    client = newcomer("liaison", town.bureau)
    answer = client.post(
        reverse("desk:record_step", args=[record.slug, "stay"]), {"version": record.version, "ground": "x"}
    )
    assert answer.status_code == 403
    assert Record.objects.get().stayed is None
