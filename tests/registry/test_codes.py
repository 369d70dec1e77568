"""The unified social credit code: our fifteen lines against python-stdnum and against real codes."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from jiannuo.lifecycle.refused import Refused
from jiannuo.registry import codes
from tests.registry import cast
from tests.shared_data import shared


def test_two_hundred_real_codes_pass():
    lines = shared("uscc/stdnum_valid.txt").read_text().split()
    assert len(lines) == 200
    assert [code for code in lines if codes.fault(code)] == []


def test_codes_of_central_organs_pass():
    with shared("uscc/government_codes_seen.csv").open(encoding="utf-8") as file:
        seen = [row["uscc"] for row in csv.DictReader(file)]
    assert seen
    assert [code for code in seen if codes.fault(code)] == []


@given(st.text(alphabet=codes.ALPHABET, min_size=17, max_size=17))
def test_the_check_character_is_that_of_stdnum(first):
    assert codes.check_character(first) == uscc.calc_check_digit(first)


@given(st.text(alphabet=codes.ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(codes.ALPHABET))
def test_one_changed_character_is_always_noticed(first, place, other):
    code = first + codes.check_character(first)
    changed = code[:place] + other + code[place + 1 :]
    assert (codes.fault(changed) is None) == (changed == code)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("1121050000000000", "18"),
        ("11210500MB0O000000", "O"),
        ("121200004013590817", "6"),
    ],
)
def test_the_sentence_says_what_is_wrong(code, says):
    assert says in str(codes.fault(code))


@pytest.mark.django_db
def test_a_body_may_lack_a_code_and_two_may_lack_it():
    assert cast.body("云川市甲局").code is None
    assert cast.body("云川市乙局").code is None


@pytest.mark.django_db
def test_a_wrong_code_is_refused_until_it_is_confirmed():
    wrong = "119901000000000000" if codes.fault("119901000000000000") else "119901000000000001"
    with pytest.raises(Refused) as refused:
        cast.body("云川市甲局", code=wrong)
    assert (refused.value.field, refused.value.found, refused.value.article) == ("code", wrong, "GB 32100-2015")
    body = cast.body("云川市甲局", code=wrong, confirm_code=True)
    assert (body.code, body.code_confirmed) == (wrong, False)
    with pytest.raises(Refused) as refused:
        cast.body("云川市乙局", code=wrong, confirm_code=True)
    assert refused.value.allowed == "云川市甲局"
