"""The one text of a value, against RFC 8785 by another hand; the leaf."""

import datetime
import hashlib
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jiannuo.tlog import leaf

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
def test_the_text_is_that_of_rfc_8785(value):
    assert leaf.canonical(value).encode() == rfc8785.dumps(value)


def test_keys_sort_by_utf16_and_not_by_code_point():
    value = {"\ufb33": 1, "\U0001f600": 2, "é": 3}
    assert leaf.canonical(value) == '{"é":3,"\U0001f600":2,"\ufb33":1}'
    assert leaf.canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, {"b": 1.5}]}, r"\$\.a\[1\]\.b: a float"),
        ({"a": float("nan")}, r"\$\.a: a float"),
        ([2**53], r"\$\[0\]: 9007199254740992 is too large"),
        ([-(2**53)], r"\$\[0\]"),
        ({"a": "x\0y"}, r"\$\.a: U\+0000"),
        ({"a": "\ud800"}, r"\$\.a: a lone surrogate"),
        ({"x\0": 1}, r"\$: U\+0000"),
        ({1: 1}, r"\$: the key 1 is not a string"),
        (Decimal("1.10"), r"\$: a Decimal"),
        ([datetime.date(2026, 11, 24)], r"\$\[0\]: a date"),
        ({"a": b"bytes"}, r"\$\.a: a bytes"),
    ],
)
def test_what_has_no_single_form_is_refused_with_its_place(value, place):
    with pytest.raises(leaf.NotCanonical, match=place):
        leaf.canonical(value)


def test_the_leaf_is_what_the_design_says():
    salts = bytes(range(32)), bytes(32)
    public = hashlib.sha256(b"jiannuo/public\0" + salts[0] + "公开".encode()).digest()
    internal = hashlib.sha256(b"jiannuo/internal\0" + salts[1] + b"{}").digest()
    made = leaf.make_leaf(leaf.commitment("public", salts[0], "公开"), leaf.commitment("internal", salts[1], "{}"))
    assert made == b"\x01" + public + internal
    assert len(made) == leaf.LEAF_SIZE
    assert (leaf.open_leaf(made, "public"), leaf.open_leaf(made, "internal")) == (public, internal)


def test_the_same_text_under_another_salt_or_part_is_another_commitment():
    salts = leaf.new_salt(), leaf.new_salt()
    made = {leaf.commitment(part, salt, "{}") for part in leaf.PARTS for salt in salts}
    assert len(made) == 4


@pytest.mark.parametrize("data", [b"", bytes(65), b"\x01" + bytes(63), b"\x01" + bytes(65)])
def test_what_is_no_leaf_of_ours_is_not_opened(data):
    with pytest.raises(ValueError, match="not a leaf"):
        leaf.open_leaf(data, "public")
