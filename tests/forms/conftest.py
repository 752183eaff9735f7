"""A generator whose seed is printed, and an installation on the session's real Kafka."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from infra.topics import ensure
from schemas.settings import Settings
from tests.forms.support import FORM, KEY


@pytest.fixture
def dice() -> random.Random:
    """Set FIELDTALLY_TEST_SEED to play a failed run again."""
    seed = int(os.environ.get("FIELDTALLY_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"FIELDTALLY_TEST_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of this test's own, with a key, which the environment names."""
    key = tmp_path / "key"
    key.write_bytes(KEY + b"\n")
    chosen = Settings(
        bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=3, pseudonym_key_file=str(key)
    )  # fmt: skip
    for name in ("bootstrap", "topic_prefix", "partitions", "pseudonym_key_file"):
        monkeypatch.setenv(f"FIELDTALLY_{name.upper()}", str(getattr(chosen, name)))
    monkeypatch.setenv("COLUMNS", "200")  # so that no table wraps
    ensure(chosen)
    (tmp_path / "form.yaml").write_text(FORM, encoding="utf-8")
    return chosen
