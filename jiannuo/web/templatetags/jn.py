"""The few words that templates need: seals, days left, texts of the rulebook in the reader's language, leaf links."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from jiannuo.lifecycle.machine import role_title
from jiannuo.rules import book
from jiannuo.rules.citing import as_article
from jiannuo.rules.schema import Status, Text
from jiannuo.rules.terms import UNITS

register = template.Library()
# Whose list of divisions a code is taken from.
LISTS = {
    "nbs-2023": gettext_lazy("statistical code of 2023"),
    "city": gettext_lazy("as the city gives it"),
    "demo": gettext_lazy("invented"),
}
FORMATS = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument": "Word",
    "text/plain": gettext_lazy("plain text"),
}


@register.filter
def text(value: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return value.get(get_language() or "zh") if value is not None else ""


@register.filter
def cited(cites: Any) -> str:
    """Citations as a reader expects them: 政府信息公开条例第十七条."""
    lang = get_language() or "zh"
    out = []
    for cite in cites:
        instrument = book().instruments[cite.instrument]
        name = instrument.title.get(lang)
        if instrument.number and not cite.article:
            name += f"（{instrument.number}）" if lang.startswith("zh") else f" ({instrument.number})"
        if cite.article:
            name += _article(cite.article) if lang.startswith("zh") else f", {_article(cite.article)}"
        out.append(name)
    return "；".join(out) if lang.startswith("zh") else "; ".join(out)


@register.filter
def instrument(key: str) -> str:
    row = book().instruments.get(key)
    return row.title.get(get_language() or "zh") if row else key


@register.filter
def term_title(key: str) -> str:
    term = book().terms.get(key)
    return term.title.get(get_language() or "zh") if term else ""


@register.simple_tag
def sure(status: Any) -> SafeString:
    """The mark that a rule is not verified, or is a default of ours; nothing where it is verified."""
    if status == Status.UNVERIFIED:
        return format_html('<span class="jn-tag">{}</span>', _("to be verified"))
    if status == Status.PROPOSAL:
        return format_html('<span class="jn-tag">{}</span>', _("default of this platform"))
    return SafeString("")


@register.simple_tag
def chip(tone: str, seal: str, label: Any) -> SafeString:
    """A status chip: colour is never alone, the seal says the same."""
    return format_html('<span class="jn-chip jn-chip--{}" data-seal="{}">{}</span>', tone, seal, label)


@register.simple_tag
def state_chip(thing: Any) -> SafeString:
    state = thing.machine.state(thing.state)
    return chip(state.tone, state.seal, state.label)


@register.simple_tag
def left(due: date | None) -> SafeString:
    """Working days left, or how many are over."""
    if due is None:
        return format_html('<span class="jn-left">{}</span>', _("no deadline"))
    days = book().calendar.workdays_between(timezone.localdate(), due)
    if days < 0 or (days == 0 and due < timezone.localdate()):
        tone, days = "broken", abs(days)
        words = ngettext("overdue by <b>{n}</b> working day", "overdue by <b>{n}</b> working days", days)
        words = words if days else _("overdue")  # on the days off that follow
    elif days == 0:
        tone, words = "due", _("due today")
    else:
        tone = "due" if days <= 2 else "open"
        words = ngettext("<b>{n}</b> working day left", "<b>{n}</b> working days left", days)
    return format_html('<span class="jn-left jn-left--{}">{}</span>', tone, format_html(words, n=days))


@register.filter
def role(value: str) -> str:
    return str(role_title(value))


@register.filter
def source(key: str) -> str:
    row = book().sources.get(key)
    return row.title.get(get_language() or "zh") if row else key


@register.filter
def division_list(key: str) -> str:
    return str(LISTS.get(key, key))


@register.filter
def format_name(media_type: str) -> str:
    """What people call this sort of file."""
    return str(FORMATS.get(media_type, media_type))


@register.filter
def severity(key: str) -> str:
    row = book().classes.get(key)
    return row.title.get(get_language() or "zh") if row else ""


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """The present address with these parameters set; an empty one is taken out. Filters are links."""
    query = {key: value for key, value in context["request"].GET.items() if key != "page"}
    query |= changes
    kept = {key: value for key, value in query.items() if value not in ("", None)}
    return "?" + urlencode(kept)


@register.simple_tag(takes_context=True)
def with_filter(context: Any, name: str, value: str) -> str:
    """As with_query, for a parameter whose name is itself a variable."""
    return with_query(context, **{name: value})


@register.simple_tag
def sure_or_yes(status: Any) -> SafeString:
    """How sure we are of a rule, said also where it is verified."""
    if status == Status.VERIFIED:
        return format_html('<span class="jn-tag jn-tag--sure">{}</span>', _("verified"))
    return sure(status)


@register.simple_tag
def article(number: str) -> str:
    """An article as a reader of this language cites it."""
    return _article(number)


def _article(number: str) -> str:
    """ "17" → 第十七条, art. 17. A part of a plan (四（二）) stands as it is."""
    return as_article(number) if _zh() else f"art. {number}"


@register.filter
def yuan(value: Any) -> str:
    """An amount to the cent, with its unit."""
    return _("%(amount)s yuan") % {"amount": f"{value:,.2f}"}


@register.filter
def amount(value: Any) -> str:
    """A period of the rulebook: 5 个工作日."""
    return f"{value.amount} {UNITS[value.unit].get(get_language() or 'zh')}"


def _zh() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.simple_tag
def sep() -> str:
    """Between the members of a list."""
    return "、" if _zh() else ", "


@register.simple_tag
def comma() -> str:
    return "，" if _zh() else ", "


@register.simple_tag
def stop() -> str:
    return "。" if _zh() else "."


@register.filter
def listed(values: Any) -> str:
    """A list in one line."""
    return ("、" if _zh() else ", ").join(str(value) for value in values)
