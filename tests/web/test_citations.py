"""Articles as laws write them; lists and titles as the reader's language does."""

import pytest
from django.utils import translation

from jiannuo.accounts.models import Role
from jiannuo.lifecycle.refused import listed, said
from jiannuo.rules import book
from jiannuo.web.templatetags.jn import article


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        ("5", "第五条", "art. 5"),
        ("10", "第十条", "art. 10"),
        ("17", "第十七条", "art. 17"),
        ("20", "第二十条", "art. 20"),
        ("46", "第四十六条", "art. 46"),
        ("100", "第一百条", "art. 100"),
        ("110", "第一百一十条", "art. 110"),
        ("115", "第一百一十五条", "art. 115"),
        ("120", "第一百二十条", "art. 120"),
        ("201", "第二百零一条", "art. 201"),
        ("2, 6, 7", "第二条、第六条、第七条", "art. 2, 6, 7"),
        ("四（二）", "四（二）", "art. 四（二）"),
    ],
)
def test_an_article_is_cited_as_its_law_writes_it(number, chinese, english):
    with translation.override("zh-hans"):
        assert article(number) == chinese
    with translation.override("en"):
        assert article(number) == english


def test_a_list_and_a_title_of_the_rulebook_are_in_the_reader_s_language():
    title = book().sources["DEFAULT"].title
    with translation.override("zh-hans"):
        assert listed([Role.REVIEWER.label, said(title)]) == "复核岗、违约失信"
    with translation.override("en"):
        assert listed([Role.REVIEWER.label, said(title)]) == "Reviewer, Confirmed breach of promise"
