"""The arithmetic of the unified social credit code (GB 32100-2015): 17 places and a check character."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
LENGTH = 18
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = [pow(3, place, 31) for place in range(LENGTH - 1)]


def strange(code: str) -> list[str]:
    """Characters that never occur in a code, sorted."""
    return sorted(set(code) - _VALUE.keys())


def check_character(first: str) -> str:
    """The 18th character for these 17 (mod 31, weights 3^i)."""
    total = sum(_VALUE[char] * weight for char, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def right(code: str) -> bool:
    """Whether a code has the length, the characters and the check character of one."""
    return len(code) == LENGTH and not strange(code) and check_character(code[:-1]) == code[-1]
