"""How heads, codes and marks are compared: NFKC, traditional to simplified, without case, white space and stars.

The same folding as search uses for names; it stands here a second time, for tables/ lies below search.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Protocol

# What people put round a head: stars for "required", brackets with a remark are no part of it.
_DROPPED = re.compile(r"[\s*＊※·:：]+")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@lru_cache(maxsize=1)
def _to_simplified() -> _Converter:
    from opencc import OpenCC  # loads its dictionaries (about 0.1 s), so only when a text is not ASCII

    converter: _Converter = OpenCC("t2s")
    return converter


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The form in which two texts are the same head or the same code."""
    folded = unicodedata.normalize("NFKC", text)
    if not folded.isascii():
        whole = folded.encode("utf-8", "replace").decode()  # half a character means nothing, and breaks the converter
        folded = _to_simplified().convert(whole)
    return _DROPPED.sub("", folded).casefold()
