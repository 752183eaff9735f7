"""Secrets of an installation, from their files."""

from __future__ import annotations

from pathlib import Path

from producers.errors import ProducersError
from schemas.settings import Settings

CHARACTERS = 32


def read_key(settings: Settings) -> bytes:
    """The installation's key of pseudonyms.

    Raises:
        ProducersError: no file is named, it cannot be read, or it is too short.
    """
    if not settings.pseudonym_key_file:
        raise ProducersError(
            "Set FIELDTALLY_PSEUDONYM_KEY_FILE to the file with this installation's key of pseudonyms: "
            f"{CHARACTERS} random characters or more, made once (`openssl rand -hex 32`) and kept for ever."
        )
    return read_secret(settings.pseudonym_key_file, "key of pseudonyms")


def read_secret(file: str, what: str) -> bytes:
    """A secret of a file, without the space around it.

    Raises:
        ProducersError: the file cannot be read, or the secret is too short.
    """
    try:
        secret = Path(file).read_bytes().strip()
    except OSError as error:
        raise ProducersError(f"The {what} {file} cannot be read: {error.strerror}.") from error
    if len(secret) < CHARACTERS:
        raise ProducersError(f"The {what} in {file} is shorter than {CHARACTERS} characters.")
    return secret
