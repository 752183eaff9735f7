"""A tablet's key (P-256, as WebCrypto exports it), its thumbprint, and signatures by it."""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from schemas.gateway import Jwk

COORDINATE_BYTES, SIGNATURE_BYTES = 32, 64
PublicKey = ec.EllipticCurvePublicKey


def thumbprint(jwk: Jwk) -> str:
    """The key's RFC 7638 thumbprint, SHA-256, base64url without padding."""
    told = f'{{"crv":"{jwk.crv}","kty":"{jwk.kty}","x":"{jwk.x}","y":"{jwk.y}"}}'
    return base64.urlsafe_b64encode(hashlib.sha256(told.encode()).digest()).rstrip(b"=").decode()


def public_key(jwk: Jwk) -> PublicKey | None:
    """The key itself; None when the two coordinates are no point of the curve."""
    x, y = _bytes(jwk.x, COORDINATE_BYTES), _bytes(jwk.y, COORDINATE_BYTES)
    if x is None or y is None:
        return None
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:
        return None


def verified(key: PublicKey, signature: str, data: bytes) -> bool:
    """Whether this key made this signature (r and s, base64url) over these bytes with SHA-256."""
    raw = _bytes(signature, SIGNATURE_BYTES)
    if raw is None:
        return False
    r, s = int.from_bytes(raw[:COORDINATE_BYTES]), int.from_bytes(raw[COORDINATE_BYTES:])
    try:
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _bytes(text: str, length: int) -> bytes | None:
    """What base64url without padding says; None for another length or another spelling of the same bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    again = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return raw if len(raw) == length and again == text else None
