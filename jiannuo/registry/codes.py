"""The unified social credit code (GB 32100-2015) in the words of a form; the arithmetic stands in tables/uscc.py."""

from django.utils.translation import gettext_lazy as _

from jiannuo.tables.uscc import ALPHABET, LENGTH, check_character, strange

__all__ = ["ALPHABET", "check_character", "fault"]


def fault(code: str) -> object | None:
    """What is wrong with a code, as a sentence, or None."""
    if len(code) != LENGTH:
        return _("A unified social credit code has 18 characters; this one has %(count)s.") % {"count": len(code)}
    if found := strange(code):
        return _("%(chars)s does not occur in a unified social credit code (I, O, S, V, Z are never used).") % {
            "chars": " ".join(found)
        }
    expected = check_character(code[:17])
    if code[17] != expected:
        return _("The last character should be %(expected)s by GB 32100; it is %(found)s.") % {
            "expected": expected,
            "found": code[17],
        }
    return None
