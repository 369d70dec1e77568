"""What the log commits to: canonical text, a salt for each part, and the 65-byte leaf.

leaf = 0x01 || SHA-256("jiannuo/public" NUL salt text) || SHA-256("jiannuo/internal" NUL salt text)
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Literal

Part = Literal["public", "internal"]
PARTS: tuple[Part, Part] = ("public", "internal")
SALT_SIZE = 32
LEAF_SIZE = 65
VERSION = b"\x01"
MAX_INT = 2**53


class NotCanonical(ValueError):
    """A value that has no single canonical form; the message names where it stands."""


def canonical(value: object) -> str:
    """The one text of a value: sorted, compact JSON.

    Allowed are strings, booleans, null, integers of magnitude below 2^53, lists, and objects with string keys. Floats,
    U+0000 and lone surrogates are refused. In this subset the text is that of RFC 8785 (JCS), which a test compares.
    Decimals and dates must come as strings. Raises NotCanonical.
    """
    return json.dumps(_ordered(value, "$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


_SIMPLE = (bool, type(None))


def _ordered(value: object, path: str) -> object:
    if type(value) in _SIMPLE:
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        if abs(value) >= MAX_INT:
            raise NotCanonical(f"{path}: {value} is too large; integers stay below 2^53, larger ones go as strings")
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonical(f"{path}: the key {key!r} is not a string")
        # RFC 8785 sorts by UTF-16 code units, which differs from code points beyond U+FFFF.
        plain = all(map(str.isascii, value)) and not any("\x00" in key for key in value)
        keys = sorted(value) if plain else sorted(value, key=lambda key: _text(key, path).encode("utf-16-be"))
        return {key: _ordered(value[key], f"{path}.{key}") for key in keys}
    if isinstance(value, (list, tuple)):
        return [_ordered(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise NotCanonical(f"{path}: a {type(value).__name__} has no canonical form; decimals and dates go as strings")


def _text(text: str, path: str) -> str:
    if "\x00" in text:
        raise NotCanonical(f"{path}: U+0000 is not allowed")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical(f"{path}: a lone surrogate is not allowed") from None
    return text


def new_salt() -> bytes:
    """32 random bytes: without them a commitment to a short text could be guessed."""
    return secrets.token_bytes(SALT_SIZE)


def commitment(part: Part, salt: bytes, text: str) -> bytes:
    """The 32-byte commitment to one part."""
    return hashlib.sha256(b"jiannuo/" + part.encode() + b"\0" + salt + text.encode("utf-8")).digest()


def make_leaf(public: bytes, internal: bytes) -> bytes:
    """The 65-byte leaf from the two commitments."""
    return VERSION + public + internal


def open_leaf(leaf: bytes, part: Part) -> bytes:
    """The commitment to `part` inside a leaf. Raises ValueError for anything that is not a leaf of ours."""
    if len(leaf) != LEAF_SIZE or leaf[:1] != VERSION:
        raise ValueError(f"not a leaf: {len(leaf)} bytes, first byte {leaf[:1].hex() or 'none'}")
    return leaf[1:33] if part == "public" else leaf[33:]
