"""`jiannuo verify`: a stranger with a file or an address, and nothing of ours but the key."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from jiannuo.tlog import proof, verify
from tests.tlog.small_log import SIGNER, STRANGER, log_of, text_of

LOG = log_of(300)
PROOF = str(LOG.proof(123))
FACTS = json.loads(text_of(123))["facts"]


@pytest.fixture
def run(capsys):
    """Runs the verifier; gives its exit status and all it said."""

    def call(*arguments, lang="en"):
        status = verify.main([*map(str, arguments), "--lang", lang])
        said = capsys.readouterr()
        return status, said.out + said.err

    return call


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "123.tlog-proof"
    path.write_text(PROOF, "utf-8")
    return path


@pytest.fixture
def site():
    """A server of {path: (status, headers, body)}; gives the table and its address."""
    table = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = table.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield table, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def page_of(facts, ref="record:123", href="/p/123"):
    stated = json.dumps({"ref": ref, "facts": facts}).replace("<", "\\u003c")
    return (
        f'<!doctype html><link rel="alternate" type="{proof.MEDIA_TYPE}" href="{href}"><h1>云川市</h1>'
        f'<script id="jn-facts" type="application/json">{stated}</script>'
    ).encode()


def test_a_sound_file_under_a_pinned_key_is_verified_step_by_step(run, file):
    status, said = run(file, "--key", LOG.key)
    assert status == verify.OK
    assert said.splitlines() == [
        "✓ the checkpoint is signed by log.example/yunchuan",
        "· the key was given by you",
        "✓ the entry's digest was computed from the text of its public part",
        "✓ entry 123 is in the signed tree (from 0, of 300)",
        "verified",
        "This proves that it was said so; not that nothing was said since.",
    ]


def test_without_a_key_it_says_whose_word_was_taken_and_how_to_pin_it(run, file):
    status, said = run(file)
    assert status == verify.OK
    assert "not checked otherwise" in said
    assert f"jiannuo verify --key {LOG.key} …" in said


def test_it_speaks_chinese(run, file):
    status, said = run(file, lang="zh")
    assert status == verify.OK
    assert "✓ 检查点由 log.example/yunchuan 签名" in said
    assert "核验通过" in said


def test_keys_are_read_from_a_file_one_a_line(run, file, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text(f"{STRANGER.verifier}\n\n{SIGNER.verifier}\n")
    assert run(file, "--key-file", keys)[0] == verify.OK


def test_the_key_of_another_refuses(run, file):
    status, said = run(file, "--key", STRANGER.verifier)
    assert status == verify.WRONG
    assert "✗ the checkpoint's signature does not hold: none of the known keys" in said


def test_show_prints_what_the_log_holds(run, file):
    assert "云川市城市管理局" in run(file, "--show")[1]


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("index 123", "index 124", "bad root"),
        ("\n300\n", "\n301\n", "bad signature"),
        ("index 123", "index x", "bad proof"),
        (f"{LOG.proof(123).note.split()[-1]}", "AAAAAAAA", "bad signature"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_altered_file_fails_at_the_step_it_breaks(run, file, old, new, step, lang):
    assert old in PROOF
    file.write_text(PROOF.replace(old, new), "utf-8")
    status, said = run(file, lang=lang)
    assert status == verify.WRONG
    assert verify.WORDS[step][0 if lang == "zh" else 1].format("") in said


def test_what_is_no_proof_or_cannot_be_read_is_usage(run, tmp_path):
    empty = tmp_path / "empty"
    empty.write_text("")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for what in (empty, binary, tmp_path / "missing", tmp_path, "file:///etc/hostname", "ftp://127.0.0.1/x"):
        assert run(what)[0] == verify.USAGE, what
    assert run(empty, "--key", "nonsense")[0] == verify.USAGE
    with pytest.raises(SystemExit, match="2"):
        verify.main([])


def test_a_file_of_any_size_is_not_read_to_its_end(run, tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as handle:
        handle.truncate(verify.MAX_BYTES * 100)
    status, said = run(large)
    assert (status, "more than" in said) == (verify.USAGE, True)


def test_a_page_is_held_to_its_proof(run, site):
    table, address = site
    table["/p/123"] = 200, {}, PROOF.encode()
    table["/page"] = 200, {}, page_of(FACTS)
    status, said = run(f"{address}/page", "--key", LOG.key)
    assert status == verify.OK
    assert "✓ the facts on the page equal those in the log: record:123" in said


@pytest.mark.parametrize(
    "page",
    {
        "another fact": page_of({**FACTS, "body": "云川市交通运输局"}),
        "a fact left out": page_of({"body": FACTS["body"]}),
        "1 for true": page_of({**FACTS, "number": 123.0}),
        "another subject": page_of(FACTS, ref="record:124"),
        "no subject": page_of(FACTS, ref=None),
    }.values(),
)
def test_a_page_that_states_something_else_is_refused(run, site, page):
    table, address = site
    table["/p/123"] = 200, {}, PROOF.encode()
    table["/page"] = 200, {}, page
    status, said = run(f"{address}/page")
    assert status == verify.WRONG
    assert "✗ the page states other facts than the log" in said


def test_a_page_without_facts_says_that_only_the_proof_was_checked(run, site):
    table, address = site
    table["/p/123"] = 200, {}, PROOF.encode()
    table["/page"] = 200, {}, page_of(FACTS).split(b"<script")[0]
    status, said = run(f"{address}/page")
    assert (status, "only its proofs were checked" in said) == (verify.OK, True)


def test_a_page_cannot_send_the_verifier_to_files_or_elsewhere(run, site, file):
    table, address = site
    table["/page"] = 200, {}, page_of(FACTS, href=file.as_uri())
    assert run(f"{address}/page")[0] == verify.USAGE
    for target in (file.as_uri(), "ftp://127.0.0.1/x", "data:text/plain,x"):
        table["/away"] = 302, {"Location": target}, b""
        assert run(f"{address}/away")[0] == verify.USAGE, target


def test_a_missing_page_is_not_an_empty_one(run, site):
    status, said = run(f"{site[1]}/missing")
    assert (status, "404" in said) == (verify.USAGE, True)


def test_what_is_printed_cannot_steer_the_terminal():
    assert verify.printable("a\x9b31m\u202eb\n") == "a\\u009b31m\\u202eb\n"


WITHOUT_DJANGO = """
import sys
from jiannuo.tlog.verify import main
status = main(sys.argv[1:])
assert "django" not in sys.modules
sys.exit(status)
"""


def test_it_runs_without_django_or_a_database(file):
    here = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, file], capture_output=True, encoding="utf-8", env=here, check=False
    )
    assert done.returncode == verify.OK, done.stderr
    assert "核验通过" in done.stdout
