"""The ledger in prose: from verb and public part to a sentence. Every verb has one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiannuo.ledger.actions import public_part
from jiannuo.ledger.models import Entry
from jiannuo.registry.models import Body
from jiannuo.rules.schema import Status

SENTENCES: dict[str, Any] = {
    "record.enter": gettext_lazy("Entered by the registrar"),
    "record.edit": gettext_lazy("Entries changed"),
    "record.check": gettext_lazy("Checked by a second person"),
    "record.return": gettext_lazy("Returned to be mended"),
    "record.attach": gettext_lazy("A document was put on file"),
    "record.redact": gettext_lazy("A redacted twin was put on file"),
    "record.final": gettext_lazy("The decision became final"),
    "record.resubmit": gettext_lazy("Handed in again"),
    "record.notify": gettext_lazy("The body was notified, with the repair guide"),
    "record.hear": gettext_lazy("The body made its statement"),
    "record.effect": gettext_lazy("In force"),
    "record.stay": gettext_lazy("Use suspended by order of a review organ or court"),
    "record.lift_stay": gettext_lazy("Suspension lifted"),
    "record.propose_correction": gettext_lazy("Correction proposed"),
    "record.correct": gettext_lazy("Corrected: a new version holds"),
    "record.drop_proposal": gettext_lazy("A proposal was dropped"),
    "record.propose_deletion": gettext_lazy("Deletion by law proposed"),
    "record.delete_lawfully": gettext_lazy("Deleted by law"),
    "record.propose_revocation": gettext_lazy("Revocation proposed"),
    "record.revoke": gettext_lazy("Revoked"),
    "record.expire": gettext_lazy("The longest period is over"),
    "record.seal": gettext_lazy("File sealed"),
    "record.archive": gettext_lazy("Handed over to the archive"),
    "publication.propose": gettext_lazy("Publication proposed"),
    "publication.release": gettext_lazy("Released by the legal reviewer"),
    "publication.consult": gettext_lazy("A third party was asked"),
    "publication.opinion": gettext_lazy("The third party answered"),
    "publication.no_opinion": gettext_lazy("The third party did not answer in time"),
    "publication.amend": gettext_lazy("Documents under review changed"),
    "publication.correct": gettext_lazy("Taken down to be corrected; the new version is in review"),
    "publication.confirmed": gettext_lazy("A receiver confirmed that it took it down"),
    "publication.recheck": gettext_lazy("The exception was looked at again and still holds"),
    "publication.clear": gettext_lazy("Cleared by the disclosure reviewer and published"),
    "publication.refuse": gettext_lazy("Not made public"),
    "publication.propose_again": gettext_lazy("Publication proposed again"),
    "publication.withdraw": gettext_lazy("Publicity ended"),
    "body.founded": gettext_lazy("Entered in the registry"),
    "body.renamed": gettext_lazy("Renamed from “%(from)s” to “%(to)s”"),
    "body.alias": gettext_lazy("Also called “%(alias)s”"),
    "body.parent": gettext_lazy("Placed under another body"),
    "body.basis": gettext_lazy("Who may evaluate and inspect it was set"),
    "body.merged": gettext_lazy("Merged into another body, which answers for all it left"),
    "body.split": gettext_lazy("Split; a general heir answers for what was not assigned"),
    "body.abolished": gettext_lazy("Abolished; a general heir answers for all it left"),
    "body.retracted": gettext_lazy(
        "Correction notice: the record %(number)s, shown here from %(from)s to %(until)s, was wrong and is revoked"
    ),
    "body.post": gettext_lazy("Post set up: %(title)s"),
    "body.corrected": gettext_lazy("An entry of the registry was corrected"),
    "post.left": gettext_lazy("The post was vacated: %(title)s"),
    "post.taken": gettext_lazy("A new holder of the post: %(title)s"),
    "thing.assigned": gettext_lazy("Assigned to another body"),
    "division.added": gettext_lazy("%(count)s divisions registered"),
    "opendata.published": gettext_lazy("Open data of the day, with their digest"),
    "ledger.withdrawn": gettext_lazy("Entries withdrawn by law"),
    "ledger.looks": gettext_lazy("Looks at sensitive data of one day, committed to"),
    "log.epoch": gettext_lazy("The log began anew"),
    "key.next": gettext_lazy("The log's next key announced; both keys sign"),
    "key.switched": gettext_lazy("The log's next key signs alone"),
    "rulebook.adopted": gettext_lazy("Rulebook adopted"),
    "party.added": gettext_lazy("Outside party registered"),
    "document.filed": gettext_lazy("Document filed"),
    "document.redacted": gettext_lazy("Redacted twin filed"),
    "archive.destroyed": gettext_lazy("Destroyed by law; a line of the register of destruction"),
    "archive.sealed": gettext_lazy("Sealed copy made for the archive"),
    "start.begun": gettext_lazy("The starting set “%(set)s” was begun"),
    "start.laid": gettext_lazy("The starting set “%(set)s” was laid"),
}
# What a step means for the body: a finding against it, or one in its favour. A publication says which in its facts.
TONES = {"record.effect": "is-broken", "honour.effect": "is-kept"}
KINDS = {"dishonesty": "is-broken", "honour": "is-kept"}


@dataclass(frozen=True)
class Line:
    """One step of a timeline. `leaf` is None until it is sequenced; `detail` a document, where one is named.

    `law` is the period that ended with the step, with its article; `status` how sure we are of it.
    """

    day: date
    sentence: str
    detail: str
    leaf: int | None
    tone: str
    verb: str
    epoch: int | None = None
    law: str = ""
    status: Status | None = None


def sentence(verb: str, public: dict[str, Any]) -> str:
    known = SENTENCES.get(verb.replace("honour.", "record.")) or (
        _("Account or role changed") if verb.startswith("account") else None
    )
    if known is None:
        return _("An act of the kind “%(verb)s”") % {"verb": verb}
    try:
        return str(known) % public if "%(" in str(known) else str(known)
    except KeyError:
        return _("An act whose contents were withdrawn")


def timeline(entries: Iterable[Entry]) -> list[Line]:
    """The steps, oldest first, as prose. Where a body passed on, its name and its heir's stand below."""
    told = [(entry, public_part(entry)) for entry in entries]
    heirs = {str(public["heir"]).partition(":")[2] for _entry, public in told if public.get("heir")}
    names = (
        {f"body:{pk}": name for pk, name in Body.objects.filter(pk__in=heirs).values_list("pk", "name")}
        if heirs
        else {}
    )
    lines = []
    for entry, public in told:
        facts = public.get("facts", {})
        tone = TONES.get(entry.verb, "")
        if entry.verb == "publication.clear":
            tone = KINDS.get(facts.get("kind", ""), "")
        parts = [str(public.get("document", ""))]
        if public.get("heir") in names:
            parts.insert(0, f"{facts.get('name', '')} → {names[public['heir']]}")
        detail = " · ".join(part for part in parts if part)
        lines.append(Line(entry.on, sentence(entry.verb, public), detail, entry.leaf, tone, entry.verb, entry.epoch_id))
    return lines
