"""The timeline: every verb that any action writes has its sentence, and a withdrawn text gives nothing away."""

import re

import pytest
from django.conf import settings

from jiannuo.records.kinds import HONOUR, PUBLICATION, RECORD
from jiannuo.web.sentences import SENTENCES, sentence

ROOMS = ("ledger", "lifecycle", "registry", "evidence", "records", "exchange", "start")
VERB = re.compile(r'"((?:body|post|thing|division|party|document|archive|ledger|log|rulebook|opendata)\.[a-z_]+)"')


def written():
    """Every verb in the code of the rooms that append to the ledger."""
    verbs = set()
    for room in ROOMS:
        for file in (settings.BASE_DIR / "jiannuo" / room).rglob("*.py"):
            if file.parent.name not in ("migrations", "tests"):
                verbs |= set(VERB.findall(file.read_text("utf-8")))
    # A code of refusal, a notice, a line for the operator: no verbs.
    return sorted(verbs - {"log.refused", "log.fault", "log.verified"})


@pytest.mark.parametrize("verb", written())
def test_every_verb_of_the_rooms_has_a_sentence(verb):
    assert verb in SENTENCES


def test_every_step_of_a_record_and_its_publication_has_a_sentence():
    for machine in (RECORD, HONOUR, PUBLICATION):
        for step in machine.steps:
            assert "An act of the kind" not in sentence(f"{machine.name}.{step.verb}", {}), step.verb


def test_a_sentence_without_its_text_says_that_it_was_withdrawn():
    from django.utils import translation

    with translation.override("en"):
        assert sentence("body.renamed", {}) == "An act whose contents were withdrawn"
