"""Writes the system's certificates as a Java key store, for a Java that was unpacked and so has none: `FILE`.

Debian makes Java's store when the package is installed; an unpacked one has only a dangling link to it.
Format: JKS, version 2, trusted certificates only; its digest is the one that `keytool` expects for "changeit".
"""

from __future__ import annotations

import hashlib
import re
import ssl
import struct
import sys
from pathlib import Path

_MAGIC, _VERSION, _TRUSTED = 0xFEEDFEED, 2, 2
_PASSWORD = "changeit"  # Java's customary one: the store holds public certificates and hides nothing
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def key_store(certificates: list[bytes]) -> bytes:
    """A JKS store that trusts the given DER certificates."""
    body = struct.pack(">III", _MAGIC, _VERSION, len(certificates))
    for number, certificate in enumerate(certificates):
        body += struct.pack(">I", _TRUSTED) + _text(f"c{number}") + struct.pack(">Q", 0) + _text("X.509")
        body += struct.pack(">I", len(certificate)) + certificate
    return body + hashlib.sha1(_PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()


def _text(word: str) -> bytes:
    return struct.pack(">H", len(word)) + word.encode()


def main() -> None:
    paths = ssl.get_default_verify_paths()
    bundle = Path(paths.cafile or "/etc/ssl/certs/ca-certificates.crt").read_text(encoding="utf-8")
    Path(sys.argv[1]).write_bytes(key_store([ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(bundle)]))


if __name__ == "__main__":
    main()
