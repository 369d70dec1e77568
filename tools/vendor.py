#!/usr/bin/env python3
"""Bring the front-end files of npm packages into static/vendor/ and note them in vendor.json. Run by hand, with npm.

To take another version: change PACKAGES, run this, look at the diff. No bundler, nothing is built or altered.
"""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "jiannuo" / "web" / "static" / "vendor"
# package → version, files of it that are served, and its licence text.
PACKAGES = {
    "htmx.org": ("2.0.11", ["dist/htmx.min.js", "LICENSE"]),
}


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"{name}@{version}" for name, (version, _files) in PACKAGES.items()]
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-save", *wanted], cwd=folder, check=True)
        for name, (version, files) in PACKAGES.items():
            source = Path(folder) / "node_modules" / name
            about = json.loads((source / "package.json").read_text("utf-8"))
            place = VENDOR / f"{name}-{version}"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            for file in files:
                target = place / Path(file).name
                shutil.copyfile(source / file, target)
                digest = hashlib.sha256(target.read_bytes()).hexdigest()
                rows.append(
                    {
                        "file": str(target.relative_to(VENDOR)),
                        "name": name,
                        "version": version,
                        "licence": about["license"],
                        "sha256": digest,
                    }
                )
    (VENDOR / "vendor.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
