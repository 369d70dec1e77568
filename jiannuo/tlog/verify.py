"""`jiannuo verify FILE|URL`: check a proof, or a page, without our database and without trusting our server."""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlparse
from urllib.request import Request, urlopen

from . import checkpoint, merkle, note, proof

MAX_BYTES = 4_000_000
OK, WRONG, USAGE = 0, 1, 2

WORDS = {
    "page": ("页面事实与证明一致", "what the page states equals the proof"),
    "part": ("证明打开的是条目的{}部分", "the proof opens the {} part of the entry"),
    "leaf": ("条目摘要由正文算出", "the entry's digest was computed from its text"),
    "root": ("第 {} 条在树中，树大小 {}", "entry {} is in the tree of {} entries"),
    "signed": ("检查点由 {} 签名", "the checkpoint is signed by {}"),
    "pinned": ("公钥由您指定", "the key was given by you"),
    "unpinned": (
        "公钥取自证明本身，未经您另行核对：{}\n  要固定公钥：jiannuo verify --key '{}' …",
        "the key was taken from the proof itself and not checked otherwise: {}\n  to pin it: jiannuo verify --key '{}' …",
    ),
    "none": ("这个页面没有附证明", "this page carries no proof"),
    "wrong": ("核验不通过：{}", "does not verify: {}"),
    "holds": ("核验通过", "verified"),
    "meaning": (
        "这证明此内容曾如此记入账本，不证明此后没有更正或撤回。",
        "this proves that it was said so; not that nothing was said since.",
    ),
}


class Words:
    """One language, chosen once."""

    def __init__(self, lang: str) -> None:
        self.place = 0 if lang == "zh" else 1

    def __call__(self, key: str, *values: object) -> str:
        return WORDS[key][self.place].format(*values)


@dataclass
class Page:
    """A portal page: its proofs' addresses and the facts it states."""

    proofs: list[str]
    facts: list[object]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page([], [])
        self._inside = False
        self._data: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        if tag == "link" and got.get("type") == proof.MEDIA_TYPE and got.get("href"):
            self.page.proofs.append(str(got["href"]))
        if tag == "script" and got.get("type") == "application/json" and got.get("id") == "jn-facts":
            self._inside, self._data = True, []

    def handle_data(self, data: str) -> None:
        if self._inside:
            self._data.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._inside:
            self._inside = False
            self.page.facts.append(json.loads("".join(self._data)))


def read_page(html: str) -> Page:
    """The proofs and facts of a page. Raises ValueError when its facts are not JSON."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def fetch(address: str) -> str:
    """The text at a file path or an http(s) address; at most 4 MB. Raises OSError or ValueError."""
    if urlparse(address).scheme in ("http", "https"):
        request = Request(address, headers={"User-Agent": "jiannuo-verify"})  # noqa: S310  (scheme checked above)
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            data: bytes = answer.read(MAX_BYTES + 1)
    else:
        data = Path(address).read_bytes()
    if len(data) > MAX_BYTES:
        raise ValueError(f"{address}: more than {MAX_BYTES} bytes")
    return data.decode("utf-8")


def check(text: str, keys: Iterable[note.Verifier], say: Callable[[str], None], words: Words) -> proof.Proof:
    """Check one proof file and say what held, step by step. Raises NoteError or ProofError at the first that does not."""
    found = proof.parse(text)
    pinned = list(keys)
    trusted = pinned or [note.Verifier.parse(found.key)]
    head: checkpoint.Checkpoint = proof.verify(found, trusted)
    part = {"public": ("公开", "public"), "internal": ("内部", "internal")}[found.part][words.place]
    say("✓ " + words("part", part))
    say("✓ " + words("leaf"))
    say("✓ " + words("root", found.index, head.size))
    say("✓ " + words("signed", head.origin))
    say("· " + (words("pinned") if pinned else words("unpinned", found.key, found.key)))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0: verified; 1: not; 2: usage, or it could not be read."""
    parser = argparse.ArgumentParser(prog="jiannuo verify", description=__doc__)
    parser.add_argument("what", metavar="FILE|URL", help="a .tlog-proof file, or the address of a proof or of a page")
    parser.add_argument(
        "--key", action="append", default=[], metavar="VKEY", help="a verifier key (name+hash+key) to trust"
    )
    parser.add_argument("--lang", choices=["zh", "en"], default=_language())
    options = parser.parse_args(arguments)
    words = Words(options.lang)
    try:
        keys = [note.Verifier.parse(key) for key in options.key]
        text = fetch(options.what)
        page = Page([], []) if text.startswith(proof.HEADER) else read_page(text)
        files = [text] if text.startswith(proof.HEADER) else [fetch(urljoin(options.what, at)) for at in page.proofs]
    except (OSError, ValueError) as error:
        print(f"jiannuo verify: {error}", file=sys.stderr)
        return USAGE
    if not files:
        print(words("none"), file=sys.stderr)
        return USAGE
    try:
        opened = [json.loads(check(file, keys, print, words).text) for file in files]
        if page.facts:
            stated = [one.get("facts") for one in opened]
            if any(fact not in stated for fact in page.facts):
                raise merkle.ProofError("the page states other facts than the log holds")
            print("✓ " + words("page"))
    except ValueError as error:
        print("✗ " + words("wrong", error))
        return WRONG
    print(words("holds"))
    print(words("meaning"))
    return OK


def _language() -> str:
    chosen = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "en" if chosen.lower().startswith("en") else "zh"


if __name__ == "__main__":
    sys.exit(main())
