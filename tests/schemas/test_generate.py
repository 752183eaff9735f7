"""The generator guards what is committed: drift is named, and a contract that shipped is never narrowed."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from schemas.contracts import documents, generate, json_schema, published
from schemas.contracts.json_schema import Schema
from schemas.events import catalogue
from schemas.rejected import HEADER_REASON
from tests.schemas.golden import GOLDEN, document
from tests.schemas.validators import subschemas

Change = Callable[[Schema], None]


def _without_a_code(schema: Schema) -> Schema:
    new = copy.deepcopy(schema)
    next(node for _, node in subschemas(new) if "oneOf" in node)["oneOf"].pop()
    return new


def test_the_committed_contracts_keep_all_promises() -> None:
    assert generate.broken_promises(documents.schemas()) == []


class TestGenerate:
    """The command, on a copy of the committed files."""

    contract = documents.schema_path("card.issued", 1)

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for path in documents.texts():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(generate.FOLDER / path, tmp_path / path)
        return tmp_path

    def _edit(self, folder: Path, change: Change) -> None:
        schema = document(folder / self.contract)
        change(schema["properties"]["data"]["properties"]["bank"])
        (folder / self.contract).write_text(json.dumps(schema), encoding="utf-8")

    def test_it_refuses_to_overwrite_a_contract_that_accepted_more(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._edit(folder, lambda bank: bank["oneOf"].append({"const": "techcombank"}))
        before = (folder / self.contract).read_text(encoding="utf-8")
        assert generate.main([], folder) == 2
        said = capsys.readouterr().out
        assert "card.issued/1.json against version 1: $.data.bank: no longer accepts 'techcombank'" in said
        assert (folder / self.contract).read_text(encoding="utf-8") == before
        assert generate.main(["--check"], folder) == 2

    def test_a_reason_of_rejection_may_be_added_and_none_taken_away(self) -> None:
        path = documents.schema_path(published.REJECTED, 1)
        more, less = (copy.deepcopy(documents.schemas()[path]) for _ in range(2))
        more["properties"][HEADER_REASON]["oneOf"].append({"const": "later", "title": "-", "description": "-"})
        less["properties"][HEADER_REASON]["oneOf"].pop()
        assert generate.broken_promises({path: more}) == []
        assert generate.broken_promises({path: less}) != []

    def test_it_names_drift_and_mends_it(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._edit(folder, lambda bank: bank["oneOf"].pop())
        assert generate.main(["--check"], folder) == 1
        assert str(self.contract) in capsys.readouterr().out
        assert generate.main([], folder) == 0
        assert generate.main(["--check"], folder) == 0

    def test_it_names_files_that_are_missing_or_of_no_contract(self, folder: Path) -> None:
        (folder / self.contract).unlink()
        for stray in ("drone.flown/1.json", "card.issued/2.json", "card.issued/notes.txt"):
            (folder / "jsonschema" / stray).parent.mkdir(exist_ok=True)
            (folder / "jsonschema" / stray).write_text("{}", encoding="utf-8")
        assert generate.drift(folder) == sorted([
            str(self.contract), "jsonschema/drone.flown/1.json", "jsonschema/card.issued/2.json",
            "jsonschema/card.issued/notes.txt",
        ])  # fmt: skip

    def test_another_process_with_another_order_of_sets_says_the_same(self) -> None:
        command = [sys.executable, "-m", "schemas.contracts.generate", "--check"]
        environment = os.environ | {"PYTHONHASHSEED": "4711"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (0, "")


class TestRaisedVersion:
    """A type whose contract is raised to version 2."""

    raised = catalogue.ROOT_TYPES["card.issued"]._replace(version=2)
    wires = catalogue._wire_types(raised)

    def test_it_reads_the_events_of_version_1(self) -> None:
        for wire in self.wires:
            decode = msgspec.json.Decoder(wire.envelope).decode
            for path in (GOLDEN / wire.name / "1").iterdir():
                first = path.read_bytes()
                second = first.replace(f"{wire.name}:1".encode(), f"{wire.name}:2".encode())
                assert [decode(value).dataschema[-2:] for value in (first, second)] == [":1", ":2"]

    def test_its_contract_is_held_to_version_1_as_well(self) -> None:
        contracts = {documents.schema_path(w.name, w.version): json_schema.of_event(w) for w in self.wires}
        assert generate.broken_promises(contracts) == []
        narrowed = {path: _without_a_code(schema) for path, schema in contracts.items()}
        broken = generate.broken_promises(narrowed)
        assert any("card.issued/2.json against version 1" in line for line in broken)
