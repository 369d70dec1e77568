"""The catalogue is whole, and every text of code and templates stands in it."""

import ast
import re
import shutil

import polib
import pytest

from tools import messages

CHINESE = re.compile(r"[\u4e00-\u9fff、。，；：？！（）]+")
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-t")


def test_every_text_is_in_chinese_with_the_placeholders_of_the_english():
    assert messages.faults(polib.pofile(str(messages.CATALOGUE))) == []


def test_the_catalogue_holds_the_texts_of_today():
    if not shutil.which("xgettext"):
        pytest.skip("xgettext is missing: apt install gettext")
    assert messages.stale(messages.extracted(), polib.pofile(str(messages.CATALOGUE))) == []


def calls_for_a_text(tree, lazy):
    """(call, whether it runs when the module is loaded) of every text that the code asks for."""
    waiting = [(node, True) for node in tree.body]
    while waiting:
        node, at_load = waiting.pop()
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if name == "_" or re.fullmatch(r"n?p?n?gettext(_lazy)?", name):
            yield node, at_load and not (name.endswith("_lazy") or (name == "_" and lazy))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        waiting += [(child, at_load and not inside) for child in ast.iter_child_nodes(node)]


def test_every_text_of_the_code_is_found_and_asked_for_in_the_reader_s_language():
    """xgettext sees no text in an f-string and none under another name; a text taken when the module is loaded stays in
    the language of that moment."""
    known = {entry.msgid for entry in polib.pofile(str(messages.CATALOGUE))}
    faults = []
    for file in sorted((messages.ROOT / "jiannuo").rglob("*.py")):
        source = file.read_text("utf-8")
        faults += [(file.name, alias) for alias in re.findall(r"gettext\w* as (\w+)", source) if alias != "_"]
        for call, frozen in calls_for_a_text(ast.parse(source), "gettext_lazy as _" in source):
            text = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
            if text not in known or frozen:
                faults.append((file.name, call.lineno, text))
    assert faults == []


# Shown when neither database nor language may be relied on: both languages stand in them.
IN_BOTH = {"400.html", "500.html", "bare.html"}
# Formats and programs, called so in every language.
PROPER = {"API", "Atom", "CSV", "DCAT", "Excel", "JSON", "LD", "OpenAPI", "Parquet", "SHA", "TXT", "ZIP", "sha"}
NOT_READ = (
    r"\{#.*?#\}",
    r"\{% comment %\}.*?\{% endcomment %\}",
    r"\{% blocktranslate.*?\{% endblocktranslate %\}",
    r"\{[%{].*?[%}]\}",
    r"<(script|style|code|pre)\b.*?</\1>",
    r"<[^>]*\blang=[^>]*>[^<]*</[^>]*>",
)


def test_no_template_holds_a_text_outside_the_catalogue():
    """Also in the branches that no crawl comes through."""
    found = {}
    for file in sorted((messages.ROOT / "jiannuo" / "web" / "templates").rglob("*.html")):
        text = file.read_text("utf-8")
        for pattern in NOT_READ:
            text = re.sub(pattern, " ", text, flags=re.S)
        spoken = " ".join(re.findall(rf'(?:{"|".join(SPOKEN)})="([^"]*)"', text))
        text = f"{spoken} {re.sub('<[^>]+>', ' ', text)}".replace("：", "")
        words = [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in PROPER]
        if left := words + CHINESE.findall(text):
            found[file.name] = left
    assert {name: left for name, left in found.items() if name not in IN_BOTH} == {}


def test_the_reading_of_code_finds_texts_and_when_they_are_taken():
    source = 'from x import gettext as _\nA = _("at load")\ndef f(day=_("default")):\n    return f"{_(\'later\')}"\n'
    found = {call.args[0].value: frozen for call, frozen in calls_for_a_text(ast.parse(source), lazy=False)}
    assert found == {"at load": True, "default": False, "later": False}
    assert not any(frozen for _call, frozen in calls_for_a_text(ast.parse(source), lazy=True))


def test_the_check_finds_a_gap_a_guess_and_another_placeholder():
    catalogue = polib.POFile()
    catalogue += [
        polib.POEntry(msgid="Whole", msgstr="完整"),
        polib.POEntry(msgid="Gap"),
        polib.POEntry(msgid="Guess", msgstr="猜的", flags=["fuzzy"]),
        polib.POEntry(msgid="On %(day)s", msgstr="在 %(date)s"),
        polib.POEntry(msgid="%(n)s body", msgid_plural="%(n)s bodies", msgstr_plural={0: "机构"}),
    ]
    assert [fault.partition(":")[0] for fault in messages.faults(catalogue)] == [
        "not translated",
        "only a guess",
        "other placeholders",
        "other placeholders",
    ]
    assert messages.stale(catalogue, polib.POFile())[0].startswith("not in the catalogue")


def test_compiling_needs_no_tool_and_is_done_only_when_older(monkeypatch, tmp_path):
    catalogue = tmp_path / "django.po"
    shutil.copy(messages.CATALOGUE, catalogue)
    monkeypatch.setattr(messages, "CATALOGUE", catalogue)
    monkeypatch.setenv("PATH", "")
    assert messages.compile_() == 0
    made = catalogue.with_suffix(".mo")
    assert polib.mofile(str(made)).find("Records").msgstr == "记录"
    before = made.stat().st_mtime_ns
    messages.compile_()
    assert made.stat().st_mtime_ns == before


FORBIDDEN = re.compile(r"成功|失败|异常|非法|疑似|涉嫌|黑榜|！|亲，|哦")


def test_no_chinese_text_uses_a_word_that_the_wording_guide_forbids():
    found = [messages.forms(entry) for entry in polib.pofile(str(messages.CATALOGUE))]
    assert [text for text in found if FORBIDDEN.search(text)] == []


def test_public_pages_address_nobody():
    """“您” stands only where one works or signs in."""
    public = re.compile(r"web/(templates/)?(portal/|parts/|base\.html|40[04]\.html)")
    entries = polib.pofile(str(messages.CATALOGUE))
    shown = [entry for entry in entries if any(public.search(file) for file, _line in entry.occurrences)]
    assert len(shown) > 200
    assert [messages.forms(entry) for entry in shown if re.search("[您你]", messages.forms(entry))] == []


def test_chinese_texts_use_chinese_punctuation():
    """Between Chinese characters and at the end there is no half-width comma, colon, bracket or full stop."""
    halves = re.compile(r"[\u4e00-\u9fff”][,;:!?()]|[,;:!?(][\u4e00-\u9fff“]|[\u4e00-\u9fff]\.(?!\d)")
    found = [messages.forms(entry) for entry in polib.pofile(str(messages.CATALOGUE))]
    assert [text for text in found if halves.search(re.sub(r"<[^>]+>", "", text))] == []
