"""The unified social credit code (GB 32100-2015): 17 places and a check character."""

from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, place, 31) for place in range(17)]


def check_character(first: str) -> str:
    """The 18th character for these 17 (mod 31, weights 3^i)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def fault(code: str) -> object | None:
    """What is wrong with a code, as a sentence, or None."""
    if len(code) != 18:
        return _("A unified social credit code has 18 characters; this one has %(count)s.") % {"count": len(code)}
    strange = sorted({char for char in code if char not in ALPHABET})
    if strange:
        return _("%(chars)s does not occur in a unified social credit code (I, O, S, V, Z are never used).") % {
            "chars": " ".join(strange)
        }
    expected = check_character(code[:17])
    if code[17] != expected:
        return _("The last character should be %(expected)s by GB 32100; it is %(found)s.") % {
            "expected": expected,
            "found": code[17],
        }
    return None
