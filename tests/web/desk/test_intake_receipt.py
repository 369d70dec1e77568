"""The receipt: awaited until the log has the entries; then a page and a file that hold without our server."""

import pytest
from django.urls import reverse
from django.utils import timezone

from jiannuo.exchange import sweep
from jiannuo.ledger import sequencer
from jiannuo.tlog import verify
from tests.web.desk import cast, sheets
from tests.web.desk.test_intake import BAD, GOOD, book, bureau, hand_in


@pytest.fixture
def keeper(town):
    return cast.of(town)("keeper")


def sign():
    """What the worker does within a minute."""
    sequencer.sequence(timezone.now())
    sweep.sweep(timezone.localdate(), [])


def kept(client, tmp_path, address, content):
    """What a clerk keeps: the note, the keys of the log, the file."""
    note, keys, file = tmp_path / "receipt.txt", tmp_path / "keys.txt", tmp_path / "区划.xlsx"
    note.write_bytes(client.get(f"{address}receipt.txt").content)
    keys.write_bytes(client.get(reverse("log:keys")).content)
    file.write_bytes(content)
    return note, keys, file


def test_the_receipt_waits_for_the_log_and_says_so(town, keeper):
    address = hand_in(keeper, GOOD + BAD, **bureau(town)).request["PATH_INFO"]
    page = keeper.get(f"{address}receipt/")
    assert page.context["awaited"]
    assert "wait for their places in the log" in page.content.decode()
    assert "Download the signed note" not in page.content.decode()
    assert "leaves awaited" in keeper.get(f"{address}receipt.txt").content.decode()
    sign()
    page = keeper.get(f"{address}receipt/")
    text = page.content.decode()
    assert not page.context["awaited"]
    assert page.context["batch"].digest in text
    assert "5 in all: 3 entered, 0 unchanged, 0 changes proposed, 0 declined, 0 to confirm, 2 refused" in text
    assert f"#{page.context['last'].leaf}" in text
    assert "Download the signed note" in text


def test_the_note_holds_for_the_file_that_was_handed_in_and_for_no_other(town, keeper, tmp_path, capsys):
    content = book(keeper, GOOD)
    answer = keeper.post("/en/desk/intake/sets/divisions/", {"file": sheets.upload(content), **bureau(town)})
    sheets.work()
    sign()
    note, keys, file = kept(keeper, tmp_path, answer["Location"], content)
    command = ["--lang", "en", "--key-file", str(keys), "--file", str(file), str(note)]
    assert verify.main(command) == 0
    assert "the file has the digest that stands in the receipt" in capsys.readouterr().out
    file.write_bytes(content + b" ")
    assert verify.main(command) != 0
    file.write_bytes(content)
    note.write_text(note.read_text("utf-8").replace("rows 3", "rows 4"), "utf-8")
    assert verify.main(command) != 0


def test_a_batch_that_is_not_done_has_no_receipt(town, keeper):
    answer = keeper.post("/en/desk/intake/sets/divisions/", {"file": sheets.upload(b"PDF"), **bureau(town)})
    assert keeper.get(f"{answer['Location']}receipt.txt").status_code == 404
    assert "once the batch is done" in keeper.get(f"{answer['Location']}receipt/").content.decode()
