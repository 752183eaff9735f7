"""The installation's key of pseudonyms, from its file."""

from __future__ import annotations

from pathlib import Path

from producers.errors import ProducersError
from schemas.settings import Settings

KEY_CHARACTERS = 32


def read_key(settings: Settings) -> bytes:
    """The installation's key of pseudonyms.

    Raises:
        ProducersError: no file is named, it cannot be read, or it is too short.
    """
    if not settings.pseudonym_key_file:
        raise ProducersError(
            "Set FIELDTALLY_PSEUDONYM_KEY_FILE to the file with this installation's key of pseudonyms: "
            f"{KEY_CHARACTERS} random characters or more, made once (`openssl rand -hex 32`) and kept for ever."
        )
    path = Path(settings.pseudonym_key_file)
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise ProducersError(f"The key of pseudonyms {path} cannot be read: {error.strerror}.") from error
    if len(key) < KEY_CHARACTERS:
        raise ProducersError(f"The key of pseudonyms in {path} is shorter than {KEY_CHARACTERS} characters.")
    return key
