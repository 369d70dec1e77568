#!/usr/bin/env python3
"""The Chinese catalogue: `extract` msgids from the code, `check` that nothing is missing, `compile` it for the server.

`extract` and `check` need the gettext tools (apt install gettext); `compile` needs only polib, so that a first start
on any machine can do it.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|(?<!%)%%|\{\w*\}")
# Dates and names that change with every extraction say nothing and would fill every diff.
HEADER = {
    "Project-Id-Version": "jiannuo",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}

# Texts of Django and of the sign-in library that a reader may meet, where their Chinese is missing or not how we write:
# msgid and, if it has one, plural.
BORROWED = (
    ("This field is required.", ""),
    ("Enter a whole number.", ""),
    ("Enter a number.", ""),
    ("Enter a valid date.", ""),
    ("Enter a valid value.", ""),
    ("No file was submitted.", ""),
    ("The submitted file is empty.", ""),
    (
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    ),
    ("Select a valid choice. %(value)s is not one of the available choices.", ""),
    ("Select a valid choice. That choice is not one of the available choices.", ""),
    (
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    (
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ("Ensure this value is less than or equal to %(limit_value)s.", ""),
    ("Ensure this value is greater than or equal to %(limit_value)s.", ""),
    (
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
    ),
    (
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
    ),
    (
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
    ),
    ("Null characters are not allowed.", ""),
    ("(Hidden field %(name)s) %(error)s", ""),
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    (
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    ("Your password can’t be a commonly used password.", ""),
    ("Your password can’t be too similar to your other personal information.", ""),
    ("The password is too similar to the %(verbose_name)s.", ""),
    ("This password is too common.", ""),
    ("The two password fields didn’t match.", ""),
    ("You must type the same password each time.", ""),
    ("Please type your current password.", ""),
    ("Incorrect code.", ""),
    ("Incorrect password.", ""),
    ("This account is currently inactive.", ""),
    ("The username and/or password you specified are not correct.", ""),
    ("Too many failed login attempts. Try again later.", ""),
    ("Use your password", ""),
    ("Use authenticator app or code", ""),
)
# A placeholder that the Chinese leaves out, for what it would hold is an English word of the library's.
LEFT_OUT = {"The password is too similar to the %(verbose_name)s.": {"%(verbose_name)s"}}


def extracted(catalogue: Path = CATALOGUE) -> polib.POFile:
    """The catalogue with the msgids of today's code: known ones keep their Chinese, gone ones are dropped.

    Django's makemessages leaves work files beside the templates, so it runs over a copy.
    """
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.commands.makemessages import Command

    class Extraction(Command):
        # A guess at a translation is worse than a gap: a gap is found by the test.
        msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    with tempfile.TemporaryDirectory() as folder:
        here, there = Path.cwd(), Path(folder)
        unwanted = shutil.ignore_patterns("vendor", "__pycache__", "migrations", "*.csv")
        shutil.copytree(ROOT / "jiannuo", there / "jiannuo", ignore=unwanted)
        target = there / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        target.parent.mkdir(parents=True)
        if catalogue.exists():
            shutil.copy(catalogue, target)
        if not settings.configured:
            settings.configure(USE_I18N=True)
            django.setup()
        os.chdir(folder)
        try:
            call_command(
                Extraction(),
                locale=["zh_Hans"],
                extensions=["py", "html", "txt"],
                add_location="file",
                no_wrap=True,
                no_obsolete=True,
                verbosity=0,
            )
        finally:
            os.chdir(here)
        made = polib.pofile(str(target), wrapwidth=0)
    made.metadata = dict(HEADER)
    made.metadata_is_fuzzy = False
    made.header = "Jiannuo in Chinese. Terms: docs/glossary.md. Made with tools/messages.py extract."
    known = {entry.msgid: entry for entry in polib.pofile(str(catalogue))} if catalogue.exists() else {}
    for msgid, plural in BORROWED:
        if made.find(msgid) is None:
            entry = known.get(msgid) or _borrowed(msgid, plural)
            entry.occurrences = [("libraries", "")]
            made.append(entry)
    for entry in made:
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        entry.occurrences = sorted({(file, "") for file, _line in entry.occurrences})
    made.sort(key=lambda entry: (entry.occurrences, entry.msgid, entry.msgctxt or ""))
    return made


def _borrowed(msgid: str, plural: str) -> polib.POEntry:
    many = {"msgid_plural": plural, "msgstr_plural": {0: ""}} if plural else {}
    return polib.POEntry(msgid=msgid, **many)


def forms(entry: polib.POEntry) -> str:
    """The Chinese of an entry; of a plural its one form."""
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def _placeholders(entry: polib.POEntry) -> set[str]:
    return set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) - LEFT_OUT.get(entry.msgid, set())


def faults(catalogue: polib.POFile) -> list[str]:
    """What is wrong with the Chinese: gaps, guesses, placeholders that are not those of the English."""
    found = []
    for entry in catalogue:
        chinese = forms(entry)
        if entry.fuzzy:
            found.append(f"only a guess: {entry.msgid!r}")
        elif not chinese:
            found.append(f"not translated: {entry.msgid!r}")
        elif _placeholders(entry) != set(PLACEHOLDER.findall(chinese)):
            found.append(f"other placeholders: {entry.msgid!r} → {chinese!r}")
        elif entry.msgid.startswith("\n") != chinese.startswith("\n"):
            found.append(f"one begins with a new line: {entry.msgid!r}")
    return found


def stale(now: polib.POFile, catalogue: polib.POFile) -> list[str]:
    """Where the catalogue differs from the code: what extract would add or drop."""
    new, old = ({(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in part} for part in (now, catalogue))
    return [f"not in the catalogue: {key[1]!r}" for key in sorted(new - old, key=str)] + [
        f"no longer in the code: {key[1]!r}" for key in sorted(old - new, key=str)
    ]


def extract() -> int:
    made = extracted()
    text = str(made) + "\n"
    if not CATALOGUE.exists() or CATALOGUE.read_text("utf-8") != text:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_text(text, "utf-8")
    missing = sum(not forms(entry) for entry in made)
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(made)} texts, {missing} to translate")
    return 0


def check() -> int:
    if not shutil.which("xgettext"):
        print("xgettext is missing: apt install gettext")
        return 2
    catalogue = polib.pofile(str(CATALOGUE))
    found = stale(extracted(), catalogue) + faults(catalogue)
    print("\n".join(found) or f"{CATALOGUE.relative_to(ROOT)}: {len(catalogue)} texts, all in Chinese")
    return 1 if found else 0


def compile_() -> int:
    """Write the .mo beside the .po if it is older; a server that reads meanwhile sees the old one or the new one."""
    target = CATALOGUE.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= CATALOGUE.stat().st_mtime:
        return 0
    beside = target.with_suffix(f".{os.getpid()}")
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(beside))
    beside.replace(target)
    return 0


def main() -> None:
    verbs = {"extract": extract, "check": check, "compile": compile_}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit(f"tools/messages.py {' | '.join(verbs)}")
    sys.exit(verbs[sys.argv[1]]())


if __name__ == "__main__":
    main()
