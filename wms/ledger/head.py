"""The signed head: proof, kept outside the database, of how long the chain was and how it ended.

Ed25519, so that whoever holds only the public key (an auditor, a hospital) can check heads exported earlier and
cannot make any; with an HMAC every checker could also forge. Rewriting the database without the private key cannot
reproduce a head; cutting the tail leaves a head that names an entry which is no longer there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from wms.errors import Refused
from wms.ledger.chain import Head, canonical


class HeadError(Refused):
    """A key or head file that cannot be used; the text names the file and what is wrong."""

    def __init__(self, detail: str) -> None:
        super().__init__("ledger.head", detail)


class SignedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A head as exported: site, number and hash (hex) of the newest entry, real time of signing, signature (hex)."""

    site: str
    seq: int
    hash: str
    at_real: datetime
    signature: str

    def signed_bytes(self) -> bytes:
        """What the signature covers."""
        return canonical([self.site, self.seq, self.hash, self.at_real]).encode()


@dataclass(frozen=True, slots=True)
class HeadKey:
    """The site's signing key."""

    private: Ed25519PrivateKey

    @staticmethod
    def load_or_make(path: Path) -> HeadKey:
        """Read the key file, or make one that only the owner may read, with its public half beside it (`.pub`).

        Raises HeadError when the file is not an Ed25519 key.
        """
        if not path.exists():
            _make(path)
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise HeadError(f"{path}: not a readable private key: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise HeadError(f"{path}: not an Ed25519 key")
        return HeadKey(key)

    def sign(self, site: str, head: Head, at_real: datetime) -> SignedHead:
        """Sign a head."""
        unsigned = SignedHead(site, head.seq, head.hash.hex(), at_real.astimezone(UTC), "")
        signature = self.private.sign(unsigned.signed_bytes()).hex()
        return msgspec.structs.replace(unsigned, signature=signature)


def write_head(path: Path, key: HeadKey, site: str, head: Head, at_real: datetime) -> None:
    """Export the signed head, whole or not at all; the last one of each day stays beside it, of a quiet day too.

    Nothing is written while the file and that of the day have this head already.
    """
    known = read_head(path) if path.exists() else None
    of_day = path.with_name(f"{path.stem}-{at_real:%Y-%m-%d}{path.suffix}")
    if head.seq == 0 or (known is not None and known.seq == head.seq and of_day.exists()):
        return
    text = msgspec.json.encode(key.sign(site, head, at_real))
    for target in (path, of_day):
        beside = target.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # a power cut leaves the old head or the new one, never half a head
        beside.replace(target)


def read_head(path: Path) -> SignedHead:
    """Read an exported head; raises HeadError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=SignedHead)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HeadError(f"{path}: not a signed head: {error}") from error


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read the public half of a site's key; raises HeadError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise HeadError(f"{path}: not a readable public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise HeadError(f"{path}: not an Ed25519 key")
    return key


def signature_holds(head: SignedHead, key: Ed25519PublicKey) -> bool:
    """True when this head was signed by the holder of the key."""
    try:
        key.verify(bytes.fromhex(head.signature), head.signed_bytes())
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)
