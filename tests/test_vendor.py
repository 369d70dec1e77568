"""What others wrote and we serve is what vendor.json says it is: version, licence, digest; no more and no less."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parent.parent / "jiannuo" / "web" / "static" / "vendor"
ROWS = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
# Licences that may be served to readers. GPL and AGPL stay out.
ALLOWED = {"MIT", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_vendored_file_is_what_was_noted(row):
    assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert row["licence"] in ALLOWED
    assert row["file"].startswith(f"{row['name']}-{row['version']}/")


def test_every_file_in_the_folder_is_noted():
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert found == {row["file"] for row in ROWS} | {"vendor.json"}
