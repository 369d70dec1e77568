"""`jiannuo verify FILE|URL`: check a proof, a receipt or a page, without our database and our server.

Also `python -m jiannuo.tlog.verify`. What is checked, and on what it rests:

1. the checkpoint is signed by the log's key (pin it with --key; otherwise it is taken from the proof and named);
2. the opened text with its salt gives the commitment, the commitment the leaf, the leaf the signed root;
3. a page's own facts, `<script type="application/json" id="jn-facts">{"ref": …, "facts": …}</script>`, equal what one
   of its proofs opens. Its proofs are `<link rel="alternate" type="application/vnd.jiannuo.tlog-proof" href=…>`.

A receipt of a batch is a signed note of its own: its signature is checked, and with --file the digest of what was
handed in. It carries no key, so it takes --key or --key-file.

That the eye reads the same on the page is for the eye to compare: --show prints what the log holds.
Exit status 0: verified; 1: does not verify; 2: usage, or something could not be read.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib import request
from urllib.parse import urljoin, urlparse

from . import checkpoint, leaf, merkle, note, proof, receipt

MAX_BYTES = 4_000_000
MAX_PROOFS = 500
OK, WRONG, USAGE = 0, 1, 2

WORDS = {
    "signed": ("检查点由 {} 签名", "the checkpoint is signed by {}"),
    "pinned": ("公钥由您指定", "the key was given by you"),
    "unpinned": (
        "公钥取自证明本身，未经您另行核对\n  要固定公钥：jiannuo verify --key {} …",
        "the key was taken from the proof itself and not checked otherwise\n  to pin it: jiannuo verify --key {} …",
    ),
    "leaf": ("条目摘要由{}部分的正文算出", "the entry's digest was computed from the text of its {} part"),
    "root": ("第 {} 条在签名的树中（从 0 起数，共 {} 条）", "entry {} is in the signed tree (from 0, of {})"),
    "public": ("公开", "public"),
    "internal": ("内部", "internal"),
    "page": ("页面所载事实与账本一致：{}", "the facts on the page equal those in the log: {}"),
    "no facts": (
        "页面没有可供比对的事实，只核验了证明",
        "the page states no facts to compare; only its proofs were checked",
    ),
    "holds": ("核验通过", "verified"),
    "meaning": (
        "这证明此内容曾如此记入账本，不证明此后没有更正或撤回。",
        "This proves that it was said so; not that nothing was said since.",
    ),
    "receipt": ("回执由 {} 签名", "the receipt is signed by {}"),
    "no key": (
        "回执不带公钥，请用 --key 或 --key-file 指定（网站“账本”页的“公钥”）",
        "a receipt carries no key; give it with --key or --key-file (page “Log”, “Public keys”)",
    ),
    "same file": ("文件摘要与回执一致：{}", "the file has the digest that stands in the receipt: {}"),
    "no file": (
        "未核对文件；要核对：加 --file 文件",
        "no file was compared; to compare: add --file FILE",
    ),
    "received": (
        "这证明收到此文件并如此处理，账本第 {} 至 {} 条有记载。",
        "This proves that this file was received and what became of it; entries {} to {} of the log have it.",
    ),
    "bad receipt": ("回执不成立：{}", "the receipt does not hold: {}"),
    "other file": ("文件不是回执所说的那一个：摘要为 {}", "not the file that the receipt is about: its digest is {}"),
    "bad proof": ("证明文件不合格式：{}", "not a well-formed proof: {}"),
    "bad signature": ("检查点的签名不成立：{}", "the checkpoint's signature does not hold: {}"),
    "bad root": ("条目不在签名的树中：{}", "the entry is not in the signed tree: {}"),
    "bad page": ("页面所载事实与账本不一致：{}", "the page states other facts than the log: {}"),
    "nothing": (
        "这里没有可核验的证明；请给出证明文件，或附有证明的页面的网址",
        "there is no proof here; give a proof file, or the address of a page that carries one",
    ),
    "unreadable": ("无法读取：{}", "cannot be read: {}"),
}


class Words:
    """One language, chosen once."""

    def __init__(self, lang: str) -> None:
        self.place = 0 if lang == "zh" else 1

    def __call__(self, key: str, *values: object) -> str:
        return printable(WORDS[key][self.place].format(*values))


class Failed(Exception):
    """A step that does not hold. step: a key of WORDS; detail: why."""

    def __init__(self, step: str, detail: object) -> None:
        super().__init__(f"{step}: {detail}")
        self.step, self.detail = step, detail


@contextmanager
def step(key: str) -> Iterator[None]:
    """What fails inside, fails as this step."""
    try:
        yield
    except (ValueError, RecursionError) as error:
        raise Failed(key, error) from None


@dataclass
class Page:
    """A portal page: its proofs' addresses, and the texts of the facts it states."""

    proofs: list[str]
    facts: list[str]


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
            self.page.facts.append("".join(self._data))


def read_page(html: str) -> Page:
    """The proofs and facts of a page; empty for anything that is no such page."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def fetch(address: str) -> str:
    """The text at a file path or an http(s) address; at most 4 MB. Raises OSError or ValueError."""
    if urlparse(address).scheme in ("http", "https"):
        asked = request.Request(address, headers={"User-Agent": "jiannuo-verify"})  # noqa: S310  (scheme checked)
        with _opener().open(asked, timeout=20) as answer:
            data: bytes = answer.read(MAX_BYTES + 1)
    elif "://" in address or address.startswith("data:"):
        raise ValueError(f"{address[:60]!r}: only files, http and https are read")
    else:
        with Path(address).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{address}: more than {MAX_BYTES} bytes")
    return data.decode("utf-8")


def _opener() -> request.OpenerDirector:
    """HTTP and HTTPS alone: the standard opener would follow a redirection to FTP."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPRedirectHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def check(text: str, keys: Sequence[note.Verifier], say: Callable[[str], None], words: Words) -> proof.Proof:
    """Check one proof file and say what held, step by step. Raises Failed at the first step that does not."""
    with step("bad proof"):
        found = proof.parse(text)
    with step("bad signature"):
        head = checkpoint.open_checkpoint(found.note, keys or [note.Verifier.parse(found.key)])
    say("✓ " + words("signed", head.origin))
    say("· " + (words("pinned") if keys else words("unpinned", shlex.quote(found.key))))
    with step("bad root"):
        merkle.verify_inclusion(found.index, head.size, merkle.leaf_hash(found.leaf), found.path, head.root)
    say("✓ " + words("leaf", words(found.part)))
    say("✓ " + words("root", found.index, head.size))
    return found


def check_receipt(
    text: str, keys: Sequence[note.Verifier], file: str | None, say: Callable[[str], None], words: Words
) -> receipt.Receipt:
    """Check one receipt, and the file it is about if it is given. Raises Failed."""
    if not keys:
        raise Failed("no key", "")
    with step("bad receipt"):
        found = receipt.open_receipt(text, keys)
    say("✓ " + words("receipt", found.origin))
    if file is None:
        say("· " + words("no file"))
    else:
        with Path(file).open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        if digest != found.digest:
            raise Failed("other file", digest)
        say("✓ " + words("same file", digest))
    return found


def check_page(page: Page, opened: Sequence[proof.Proof], say: Callable[[str], None], words: Words) -> None:
    """Compare each {"ref", "facts"} on the page with the public parts its proofs opened. Raises Failed."""
    with step("bad page"):
        said = {_statement(json.loads(one.text), "subject") for one in opened if one.part == "public"}
        for facts in page.facts:
            stated = _statement(json.loads(facts), "ref")
            if stated is None or stated not in said:
                raise Failed("bad page", stated[0] if stated else facts[:60])
            say("✓ " + words("page", stated[0]))
    if not page.facts:
        say("· " + words("no facts"))


def _statement(value: Any, name: str) -> tuple[str, str] | None:
    """Subject and canonical facts. Compared as texts, because in Python 1 == True."""
    if not isinstance(value, dict) or not isinstance(value.get(name), str) or "facts" not in value:
        return None
    return value[name], leaf.canonical(value["facts"])


def printable(text: str) -> str:
    """Without what could steer a terminal or turn the direction of writing."""
    return "".join(char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text)


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status."""
    options = _options(arguments)
    words = Words(options.lang)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a GBK console has no check mark
    try:
        keys = [note.Verifier.parse(key) for key in options.key]
        for name in options.key_file:
            keys += [note.Verifier.parse(line) for line in fetch(name).splitlines() if line.strip()]
        text = fetch(options.what)
        if text.startswith(receipt.HEADER):
            return _receipt(text, keys, options, words)
        page = None if text.startswith(proof.HEADER) else read_page(text)
        addresses = page.proofs[:MAX_PROOFS] if page else []
        files = [text] if page is None else [fetch(urljoin(options.what, at)) for at in addresses]
    except (OSError, ValueError, HTTPException, AssertionError) as error:  # the HTML parser asserts
        print(words("unreadable", error), file=sys.stderr)
        return USAGE
    if not files:
        print(words("nothing"), file=sys.stderr)
        return USAGE
    try:
        opened = [check(file, keys, print, words) for file in files]
        if page is not None:
            check_page(page, opened, print, words)
        for one in opened if options.show else ():
            with step("bad proof"):
                print(printable(json.dumps(json.loads(one.text), ensure_ascii=False, indent=2)))
    except Failed as failed:
        print("✗ " + words(failed.step, failed.detail))
        return WRONG
    print(words("holds"))
    print(words("meaning"))
    return OK


def _receipt(text: str, keys: Sequence[note.Verifier], options: argparse.Namespace, words: Words) -> int:
    try:
        found = check_receipt(text, keys, options.file, print, words)
    except Failed as failed:
        print("✗ " + words(failed.step, failed.detail))
        return USAGE if failed.step == "no key" else WRONG
    print(words("holds"))
    print(words("received", *found.leaves))
    if options.show:
        print(printable(str(found)))
    return OK


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="jiannuo verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what",
        metavar="FILE|URL",
        help="证明文件，或证明、页面的网址 / a .tlog-proof file, or the address of a proof or of a page",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="VKEY",
        help="信任的公钥 / a verifier key (name+hash+key) to trust; may be repeated",
    )
    parser.add_argument(
        "--key-file", action="append", default=[], metavar="F", help="公钥文件，每行一个 / a file of them, one a line"
    )
    parser.add_argument("--file", metavar="F", help="回执所说的文件 / the file that a receipt is about")
    parser.add_argument("--show", action="store_true", help="显示账本所载正文 / print the text that the log holds")
    parser.add_argument("--lang", choices=["zh", "en"], default=_language())
    return parser.parse_args(arguments)


def _language() -> str:
    chosen = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if chosen.lower().startswith("en") else "zh"


if __name__ == "__main__":
    sys.exit(main())
