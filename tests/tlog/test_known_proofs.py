"""The 518 published RFC 6962 proofs of trees and subtrees, good and bad."""

import base64
import json

import pytest

from jiannuo.tlog import merkle
from tests.shared_data import shared

COUNTS = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}


def decode(text):
    return base64.b64decode(text or "")


def is_accepted(kind, case):
    proof = [decode(item) for item in case["proof"] or []]
    start = case.get("start", 0)
    try:
        if kind.endswith("inclusion"):
            size = case.get("treeSize", case.get("end"))
            leaf, root = decode(case["leafHash"]), decode(case["root"])
            merkle.verify_inclusion(case["leafIdx"], size, leaf, proof, root, start=start)
        elif kind == "consistency":
            roots = decode(case["root1"]), decode(case["root2"])
            merkle.verify_consistency(case["size1"], case["size2"], proof, *roots)
        else:
            roots = decode(case["root1"]), decode(case["root2"])
            merkle.verify_subtree_consistency(start, case["end"], case["size"], proof, *roots)
    except merkle.ProofError:
        return False
    return True


@pytest.mark.parametrize("kind", COUNTS)
def test_every_published_proof_is_judged_as_published(kind):
    files = sorted(shared(f"tlog/testdata/{kind}").rglob("*.json"))
    cases = [json.loads(file.read_text()) for file in files]
    wrong = [
        f"{file.name}: {case['desc']}"
        for file, case in zip(files, cases, strict=True)
        if is_accepted(kind, case) == case["wantErr"]
    ]
    assert len(cases) == COUNTS[kind]
    assert not wrong
