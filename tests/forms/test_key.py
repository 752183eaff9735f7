"""The key of pseudonyms: named, long enough, and made once for an embedded installation."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from infra.instance import Instance
from infra.stack.secret_files import pseudonym_key
from producers.errors import ProducersError
from producers.secret import read_key
from schemas.settings import Settings


def test_an_installations_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = pseudonym_key(Instance(tmp_path / "main"))
    key = read_key(Settings(pseudonym_key_file=str(path)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert pseudonym_key(Instance(tmp_path / "main")) == path
    assert read_key(Settings(pseudonym_key_file=str(path))) == key
    assert read_key(Settings(pseudonym_key_file=str(pseudonym_key(Instance(tmp_path / "other"))))) != key


def test_a_key_that_the_environment_names_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTALLY_PSEUDONYM_KEY_FILE", str(tmp_path / "key"))
    assert pseudonym_key(Instance(tmp_path / "main")) == tmp_path / "key"


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"short\n", "is shorter than 32")])
def test_a_key_that_is_none_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProducersError, match=said):
        read_key(Settings(pseudonym_key_file=str(path)))
