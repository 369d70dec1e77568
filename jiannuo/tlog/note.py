"""C2SP signed-note: a text and signatures over it. Ed25519; the Signer seam leaves room for SM2."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MAX_SIZE = 1_000_000
MAX_SIGNATURES = 100

_VERIFIER = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class NoteError(ValueError):
    """A note that is malformed, or that none of the known keys has signed."""


def decode(text: str) -> bytes:
    """Base64 in its one spelling, so that no character of a file can change unnoticed. Raises ValueError.

    The library lets the unused bits of the last character be anything (RFC 4648 section 3.5 leaves that to us).
    """
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the canonical base64 of its bytes")
    return data


def encode(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode()


def check_name(name: str) -> str:
    """The name, if it can name a key: not empty, no white space, no plus sign. Raises NoteError."""
    if not name or "+" in name or any(char.isspace() for char in name):
        raise NoteError(f"{name!r} cannot name a key: empty, or holds white space or a plus sign")
    return name


def key_id(name: str, algorithm: bytes, key: bytes) -> bytes:
    """The 4 bytes that stand before a signature: a hint which key made it."""
    return hashlib.sha256(name.encode() + b"\n" + algorithm + key).digest()[:4]


class Signer(Protocol):
    """Whatever can sign a note under a name."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, text: bytes) -> bytes: ...


@dataclass(frozen=True)
class Verifier:
    """A public key under a name. Its text form is `name+hash+key`, as in signed-note."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Raises NoteError when the text is not such a key, or its hash is not that of the key."""
        match = _VERIFIER.fullmatch(text.strip())
        try:
            name, claimed, key = match.groups() if match else ("", "", "")
            raw = decode(key)
        except ValueError:
            match = None
        if not match:
            raise NoteError(f"{text!r} is not a verifier key (name+hash+key)")
        if raw[:1] != ED25519 or len(raw) != 33:
            raise NoteError(f"{text!r} is not an Ed25519 key")
        verifier = cls(check_name(name), raw[1:])
        if claimed != verifier.key_id.hex():
            raise NoteError(f"the hash in {text!r} is not that of its key")
        return verifier

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.key)

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's Ed25519 signature over the text (RFC 8032)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode(ED25519 + self.key)}"


@dataclass(frozen=True)
class Ed25519Signer:
    """A private key under a name."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> "Ed25519Signer":
        return cls(check_name(name), Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Ed25519Signer":
        """From the 32 bytes of the private key."""
        return cls(check_name(name), Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def seed(self) -> bytes:
        return self.private.private_bytes_raw()

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        return self.verifier.key_id

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


def sign(text: str, signers: Sequence[Signer]) -> str:
    """The note: the text, an empty line, one line for each signature.

    Raises NoteError when there is no signer, or the text cannot stand in a note.
    """
    _check_text(text)
    if not signers:
        raise NoteError("a note needs at least one signature")
    lines = [f"— {signer.name} {encode(signer.key_id + signer.sign(text.encode()))}\n" for signer in signers]
    return text + "\n" + "".join(lines)


@dataclass(frozen=True)
class Opened:
    """A note that holds: its text and the keys whose signatures were verified."""

    text: str
    signed_by: tuple[Verifier, ...]


def open_note(note: str, verifiers: Sequence[Verifier]) -> Opened:
    """The text of a note that at least one of these keys has signed.

    Signatures by unknown keys are ignored; one by a known key that does not verify refuses the whole note.
    Raises NoteError.
    """
    text, signatures = split(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed: list[Verifier] = []
    for name, blob in signatures:
        verifier = known.get((name, blob[:4]))
        if verifier is None or verifier in signed:
            continue
        if not verifier.verify(text.encode(), blob[4:]):
            raise NoteError(f"the signature by {name} is wrong")
        signed.append(verifier)
    if not signed:
        raise NoteError("none of the known keys has signed this note")
    return Opened(text, tuple(signed))


def split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Text and (name, key id + signature) of a note, nothing verified. Raises NoteError when it is malformed."""
    if len(note) > MAX_SIZE:
        raise NoteError("the note is too long")
    place = note.rfind("\n\n")
    if place < 0 or not note.endswith("\n"):
        raise NoteError("the note has no signature lines")
    _check_text(note)
    text, lines = note[: place + 1], note[place + 2 :].split("\n")[:-1]
    if not lines or len(lines) > MAX_SIGNATURES:
        raise NoteError("the note has no signatures, or too many")
    signatures = []
    for line in lines:
        parts = line.split(" ")
        try:
            if len(parts) != 3 or parts[0] != "—":
                raise ValueError
            blob = decode(parts[2])
            if len(blob) < 5:
                raise ValueError
            signatures.append((check_name(parts[1]), blob))
        except ValueError:
            raise NoteError(f"not a signature line: {line!r}") from None
    return text, signatures


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteError("the text of a note ends with a newline")
    if any(ord(char) < 0x20 and char != "\n" for char in text):
        raise NoteError("the text of a note holds a control character")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NoteError("the text of a note is not valid UTF-8") from None
