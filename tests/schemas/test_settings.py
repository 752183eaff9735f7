"""Settings come from the environment; a wrong one is named by its variable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas import settings
from schemas.settings import PREFIX, Settings, SettingsError, from_env


def test_an_empty_environment_gives_the_defaults() -> None:
    assert from_env({}) == Settings()
    assert from_env({"PATH": "/bin", "PARTITIONS": "3"}) == Settings()


def test_a_setting_is_read_from_its_variable() -> None:
    read = from_env({"FIELDTALLY_PARTITIONS": "24", "FIELDTALLY_CHECKPOINT_S": "0.5", "FIELDTALLY_TOPIC_PREFIX": "a."})
    assert read == Settings(partitions=24, checkpoint_s=0.5, topic_prefix="a.")


def test_the_processes_own_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTALLY_WORKER", "counter-7")
    assert from_env().worker == "counter-7"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("partitions", "twelve"),
        ("partitions", "0"),
        ("partitions", "-1"),
        ("partitions", "1.5"),
        ("partitions", ""),
        ("checkpoint_s", "soon"),
        ("checkpoint_s", "0"),
        ("publish_ms", "0"),
        ("session_timeout_s", "-6"),
        ("counter_port", "65536"),
        ("ledger_port", "-1"),
        ("gauges_port", "http"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_variable(name: str, value: str) -> None:
    variable = PREFIX + name.upper()
    with pytest.raises(SettingsError, match=rf"\b{variable} is wrong: Expected") as raised:
        from_env({"FIELDTALLY_WORKER": "counter-2", variable: value})
    assert "$." not in str(raised.value)


def test_every_setting_has_a_default_and_says_what_it_is() -> None:
    source = Path(settings.__file__).read_text(encoding="utf-8")
    assert Settings() == Settings()
    for name in Settings.__struct_fields__:
        assert re.search(rf'^    {name}: .*=.*\n    """[A-Z].+\."""$', source, re.MULTILINE), name
