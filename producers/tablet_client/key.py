"""A tablet's key: P-256, its thumbprint (RFC 7638) is the tablet's name, signatures as WebCrypto makes them."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

NUMBER_BYTES = 32  # of a coordinate, and of each half of a signature


class DeviceKey:
    """A key pair; `secret` is the number behind an existing one."""

    def __init__(self, secret: int | None = None) -> None:
        curve = SECP256R1()
        self._key: EllipticCurvePrivateKey = (
            generate_private_key(curve) if secret is None else derive_private_key(secret, curve)
        )
        public = self._key.public_key().public_numbers()
        x, y = (_text(number.to_bytes(NUMBER_BYTES, "big")) for number in (public.x, public.y))
        self.jwk = {"crv": "P-256", "kty": "EC", "x": x, "y": y}  # in the order that RFC 7638 digests
        self.thumbprint = _text(hashlib.sha256(msgspec.json.encode(self.jwk)).digest())
        self.source = f"/tablets/{self.thumbprint}"

    @property
    def secret(self) -> int:
        """The number to keep."""
        return self._key.private_numbers().private_value

    def sign(self, said: bytes) -> str:
        """r and s, base64url without padding."""
        halves = decode_dss_signature(self._key.sign(said, ECDSA(SHA256())))
        return _text(b"".join(half.to_bytes(NUMBER_BYTES, "big") for half in halves))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
