"""No English key on a Chinese page, no Chinese words of ours on an English one: held against the whole catalogue."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

from .test_canary import crawl

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.mo"
# Machine texts, and texts of the other language that say so, are no interface words.
APART = re.compile(
    r"<(script|style|pre|code|svg)\b.*?</\1>|<[^>]*lang=[^>]*>[^<]*</[^>]*>"
    r"|<span class=\"jn-(?:code|hash-long)\">.*?</span>",
    re.S,
)


@pytest.fixture(scope="module")
def catalogue():
    if not CATALOGUE.exists():
        pytest.skip(f"{CATALOGUE.name} is not compiled: run `manage.py compilemessages`")
    with CATALOGUE.open("rb") as file:
        texts = gettext.GNUTranslations(file)._catalog
    pairs = {key[0] if isinstance(key, tuple) else key: value for key, value in texts.items()}
    return {key: value for key, value in pairs.items() if key and "%(" not in key}


def visible(page):
    body = page[page.index("<body") :].replace('lang="zh-Hans"><head', "")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "\n", APART.sub("\n", body)).replace("&#x27;", "'"))


def test_a_chinese_page_shows_no_english_words(client, city, catalogue):
    english = [key for key in catalogue if len(key) > 3 and re.fullmatch(r"[\x00-\x7f“”–—…’]+", key)]
    for path, page in crawl(client, "/").items():
        if path.startswith("/en") or "<body" not in page:
            continue
        text = visible(page)
        found = [key for key in english if re.search(rf"(?<![\w/.-]){re.escape(key)}(?![\w/.-])", text)]
        assert [key for key in found if key not in ("English", "JavaScript")] == [], path


def test_an_english_page_shows_no_chinese_words_of_ours(client, city, catalogue):
    ours = {value for value in catalogue.values() if len(value) > 3 and re.search(r"[\u4e00-\u9fff]", value)}
    data = "".join([city.bureau.name, city.breach.title, city.honour.title, "云川市人民政府", "云川市中级人民法院"])
    for path, page in crawl(client, "/en/").items():
        if not path.startswith("/en") or "<body" not in page:
            continue
        text = visible(page)
        assert [value for value in ours if value in text and value not in data] == [], path
