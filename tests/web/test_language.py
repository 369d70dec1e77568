"""One language a page: no page shows words of the other language that do not say so.

Whatever stands in the database or the rulebook is data: names, numbers and findings are Chinese by nature, sign-in
names are not. What is left over is our own text, and must be in the language of the reader.
"""

import json
import re
from collections import Counter
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs

import polib
import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone, translation

from jiannuo.accounts import actions as accounts
from jiannuo.accounts.models import Person, Role, User
from jiannuo.accounts.trial import PASSWORD
from jiannuo.lifecycle.actor import SYSTEM
from jiannuo.lifecycle.offered import data_sets
from jiannuo.records.models import Record
from jiannuo.rules import book
from tests.signin import sign_in
from tools import messages

from .portal import conftest as portal
from .portal.test_canary import LINK, crawl

city = portal.city
_in_chinese = portal._in_chinese

# Names of standards, formats and tools, which Chinese texts write in Latin letters.
LATIN = (
    "SHA-256|Ed25519|CSV|JSON|PDF|PNG|JPEG|Word|MB|KB|JavaScript|Cookie|WCAG|AA|Web|GB|GB/T|C2SP|RFC|Go|Python|sigstore|sumdb"
    "|JIANNUO_ARCHIVE_RECIPIENTS|age|I、O、S、V、Z|PPP|OCDS|URL|https|Excel|DCAT|TXT|ZIP|Parquet|OpenAPI|API|Atom|valid_until|application/problem|json"
)
ENGLISH = re.compile(rf"(?<![A-Za-z0-9_/.-])(?!(?:{LATIN})(?![A-Za-z]))[A-Za-z][A-Za-z'’-]+")
CHINESE = re.compile(r"[\u4e00-\u9fff、。，；：？！（）]+")
MACHINE_TEXT = {"script", "style", "pre", "code"}
MACHINE_CLASS = {"jn-code", "jn-hash-long", "jn-leaf"}
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-t", "data-yes", "data-no", "data-part", "data-running")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Words(HTMLParser):
    """What a person reads or hears of a page, without machine texts and without what names another language."""

    def __init__(self, page, language):
        super().__init__()
        self.language, self.depth, self.skip, self.texts = language, 0, 0, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        apart = tag in MACHINE_TEXT or MACHINE_CLASS & set((found.get("class") or "").split())
        foreign = found.get("lang", self.language) != self.language and tag != "html"
        if not self.skip:
            if not foreign:
                self.texts += [found[name] for name in SPOKEN if found.get(name)]
            if tag not in VOID and (apart or foreign):
                self.skip = 1
                return
        if self.skip and tag not in VOID:
            self.skip += 1

    def handle_endtag(self, tag):
        if self.skip and tag not in VOID:
            self.skip -= 1

    def handle_data(self, data):
        if not self.skip:
            self.texts.append(data)


def named_in_latin():
    """Sign-in names, and what tests call their cast and their records."""
    names = [*User.objects.values_list("username", flat=True)]
    for people in Person.objects.values_list("name", "post_title"):
        names += people
    for texts in Record.objects.values_list("title", "finding", "document_number"):
        names += texts
    names += [word for zh, en in of_data_sets() for word in ENGLISH.findall(zh) if word in en]
    names += [column.example for one in data_sets().values() for column in one.table.columns]
    return longest_first(filter(None, names))


def of_data_sets():
    """Every text of the data sets' tables in both languages. What stands the same in both is quoted: a code, a name."""
    for one in data_sets().values():
        table = one.table
        texts = [table.title, table.about]
        for column in table.columns:
            texts += [column.title, column.about, *(column.codes().values() if column.codes else ())]
        yield from ((text.zh, text.en) for text in texts)


def stored_in_chinese():
    """Every text of the database that holds Chinese: data, whatever the page's language. With it, what is cited in
    Chinese in every language: 国发〔2016〕76号, 四（二）, and the examples that an English text quotes."""
    texts = {one.article for listed in book().rules() for one in listed.rule.cite}
    for row in book().instruments.values():
        texts |= {row.number, row.issuer}
    texts |= {part for zh, en in of_data_sets() for part in CHINESE.findall(en) if part in zh}
    texts |= {part for entry in polib.pofile(str(messages.CATALOGUE)) for part in CHINESE.findall(entry.msgid)}
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.get_internal_type() in ("CharField", "TextField", "JSONField"):
                for value in model._base_manager.values_list(field.attname, flat=True):
                    texts.update(strings(value))
    return longest_first(part for text in texts if text for part in [text, *text.splitlines()] if CHINESE.search(part))


def strings(value):
    """The texts in a value, also in one that is kept as canonical JSON."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [one for inner in value for one in strings(inner)]
    return [value] if isinstance(value, str) else []


def longest_first(texts):
    """So that a name goes before its parts."""
    return sorted(set(texts), key=len, reverse=True)


def words(page, language, data):
    text = "\n".join(re.sub(r"\s+", " ", one) for one in Words(page, language).texts)
    for one in data:
        text = text.replace(one, "◻")
    return text


def english_words(page, data):
    return sorted(set(ENGLISH.findall(words(page, "zh-Hans", data))))


def chinese_words(page, data):
    return sorted(set(CHINESE.findall(words(page, "en", data))))


def foreign_words(pages, code):
    """Word → the first page that shows it, of all words that are neither of this language nor data."""
    known = named_in_latin() if code == "zh" else stored_in_chinese()
    look = english_words if code == "zh" else chinese_words
    found = {}
    for path, page in pages.items():
        for word in look(page, known):
            found.setdefault(word, path)
    return found


def test_the_search_for_foreign_words_finds_them():
    page = (
        '<html lang="zh-Hans"><body><p title="Save it">记录 <b>Records</b></p><code>x-y</code><i lang="en">English</i>'
    )
    assert english_words(page, []) == ["Records", "Save", "it"]
    page = '<html lang="en"><body><p title="保存">Records <b>市发改委</b>：<br><a lang="zh-Hans">中文</a></p>'
    assert chinese_words(page, []) == ["保存", "市发改委", "："]
    assert chinese_words(page, ["市发改委"]) == ["保存", "："]


@pytest.mark.parametrize(("code", "start"), [("zh", "/"), ("en", "/en/")])
def test_public_pages_speak_one_language(client, city, code, start):
    pages = {path: page for path, page in crawl(client, start).items() if "<body" in page}
    pages = {path: page for path, page in pages.items() if path.startswith("/en/") == (code == "en")}
    assert len(pages) > 40
    assert foreign_words(pages, code) == {}


def staff(role, body):
    """A signed-in browser of somebody who holds this role on this body."""
    on = timezone.localdate() - timedelta(days=60)
    person = accounts.add_person("某人", str(role.label), by=SYSTEM, on=on)
    accounts.grant(person, role, body, by=SYSTEM, on=on)
    user = accounts.add_user(person, f"gangwei-{role.value}", PASSWORD, must_change=False, by=SYSTEM, on=on)
    with translation.override("zh-hans"):
        return sign_in(Client(), accounts.demo_totp(user, by=SYSTEM, on=on))


def crawl_desk(client, start):
    """Pages of the desk that this browser reaches by links, two of one sort for each role, and what each form answers
    to nothing typed: address → text."""
    waiting, seen, pages, forms = [start], Counter(), {}, []
    while waiting:
        path = waiting.pop(0)
        address, _mark, query = path.partition("?")
        with translation.override("zh-hans"):
            view = resolve(address.removeprefix("/en")).view_name
        sort = view, tuple(sorted(parse_qs(query)))
        if path in pages or seen[sort] >= 2:
            continue
        seen[sort] += 1
        response = client.get(path)
        assert response.status_code in (200, 403, 422), (path, response.status_code)
        if "html" not in response["Content-Type"]:
            continue
        pages[path] = response.content.decode()
        for link in map(unescape, LINK.findall(pages[path])):
            link = address + link if link.startswith("?") else link
            if link.startswith(start):
                waiting.append(link.partition("#")[0])
        forms += [
            unescape(one) for one in re.findall(r'<form method="post"[^>]*action="([^"]+/desk/[^"]+)', pages[path])
        ]
    for action in dict.fromkeys(forms):
        answer = client.post(action, {})
        if "html" in answer.headers.get("Content-Type", ""):
            pages[f"POST {action}"] = answer.content.decode()
    return pages


def sign_in_pages(code):
    """Every page on the way to the desk, as it stands and as it answers a mistake: what was asked → text."""
    on = timezone.localdate()
    person = accounts.add_person("某人", "复核岗（乙）", by=SYSTEM, on=on)
    fresh = accounts.add_user(person, "fuhe-b", PASSWORD, by=SYSTEM, on=on)
    known = accounts.add_user(person, "fuhe-c", PASSWORD, must_change=False, by=SYSTEM, on=on)
    accounts.demo_totp(known, by=SYSTEM, on=on)
    pages = {}

    def ask(client, name, data=None):
        cache.clear()
        with translation.override("zh-hans"):
            address = reverse(name) if code == "zh" else f"/en{reverse(name)}"
        response = client.get(address) if data is None else client.post(address, data)
        if response.content:
            pages[f"{name} {data or ''} {len(pages)}"] = response.content.decode()

    client = Client()
    ask(client, "account_login")
    ask(client, "account_login", {})
    for password in ("x" * 12, "", *["wrong password"] * 6):
        ask(client, "account_login", {"login": known.username, "password": password})
    accounts.unlock(known, by=SYSTEM, on=on)
    client = Client()
    ask(client, "account_login", {"login": fresh.username, "password": PASSWORD})
    ask(client, "account_change_password")
    for new in ("", "short", "password1234", "fuhe-b", PASSWORD):
        ask(client, "account_change_password", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    ask(client, "account_change_password", {"oldpassword": "x", "password1": "one long enough", "password2": "another"})
    new = {"password1": "another long passphrase", "password2": "another long passphrase"}
    ask(client, "account_change_password", {"oldpassword": PASSWORD, **new})
    ask(client, "mfa_activate_totp")
    for typed in ("", "12", "000000"):
        ask(client, "mfa_activate_totp", {"code": typed})
    client = Client()
    ask(client, "account_login", {"login": known.username, "password": PASSWORD})
    ask(client, "mfa_authenticate")
    for typed in ("", "12", *["000000"] * 5):
        ask(client, "mfa_authenticate", {"code": typed})
    accounts.unlock(known, by=SYSTEM, on=on)
    with translation.override("zh-hans"):
        client = sign_in(Client(), known)
    for name in ("mfa_index", "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_reauthenticate"):
        ask(client, name)
    ask(client, "mfa_generate_recovery_codes", {})
    ask(client, "mfa_view_recovery_codes")
    for name in ("account_reauthenticate", "account_inactive", "account_logout"):
        ask(client, name)
    pages["404"] = client.get("/nothing-here/" if code == "zh" else "/en/nothing-here/").content.decode()
    return pages


@pytest.mark.parametrize("code", ["zh", "en"])
def test_sign_in_pages_speak_one_language(city, code):
    pages = sign_in_pages(code)
    assert len(pages) > 25
    assert foreign_words(pages, code) == {}


@pytest.mark.parametrize("code", ["zh", "en"])
def test_desk_pages_speak_one_language(city, code):
    pages = {}
    for role in Role:
        body = city.bureau if role in (Role.LIAISON, Role.CHIEF) else city.city
        made = crawl_desk(staff(role, body), "/desk/" if code == "zh" else "/en/desk/")
        pages |= {f"{role.value} {path}": page for path, page in made.items()}
    assert len(pages) > 40
    assert foreign_words(pages, code) == {}
