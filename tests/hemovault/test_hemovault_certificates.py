"""Certificates are told of before they end, and one that cannot be read is no good news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hemovault.services.certificates import read_certificate
from hemovault.settings import load_settings

ENDS = datetime(2027, 5, 1, tzinfo=UTC)


def pem(ends: datetime) -> bytes:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = builder.not_valid_before(ends - timedelta(days=365)).not_valid_after(ends)
    return made.sign(key, None).public_bytes(Encoding.PEM)


def test_of_several_certificates_in_a_file_the_first_to_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(ENDS + timedelta(days=100)) + pem(ENDS))
    assert read_certificate(path).ends_at == ENDS


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_gone_or_no_certificate_says_nothing_good(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.pem"
    if content is not None:
        path.write_bytes(content)
    assert read_certificate(path).ends_at is None


def test_certificate_files_are_relative_to_the_settings_that_name_them(tmp_path: Path) -> None:
    settings = tmp_path / "hemovault.toml"
    settings.write_text('[certificates]\nfiles = ["tls/broker.pem"]\nwarn_days = 14\n', encoding="utf-8")
    loaded = load_settings(settings).certificates
    assert (loaded.files, loaded.warn_days) == ((tmp_path / "tls" / "broker.pem",), 14)
