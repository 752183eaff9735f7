"""The generated contracts: what is committed is what the code says, closed, titled in both languages, and referable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from schemas import codes, rejected, topics
from schemas.contracts import documents, generate, published
from schemas.contracts.json_schema import Schema
from schemas.events.catalogue import EVENT_TYPES, ROOT_TYPES, WIRE_TYPES
from schemas.events.fields import END
from schemas.measures import COUNTS
from schemas.settings import Settings
from schemas.titles import Title
from tests.schemas.golden import FILES, document, each
from tests.schemas.validators import subschemas, validator

CONTRACTS = documents.schemas()
BOUNDED = {"string": ({"pattern"}, {"format"}, {"enum"}), "integer": ({"minimum", "maximum"},)}


def _events() -> list[tuple[str, Schema]]:
    return [(path.parent.name, schema) for path, schema in CONTRACTS.items() if path.parent.name in WIRE_TYPES]


def test_what_is_committed_is_what_the_code_says() -> None:
    assert generate.drift() == []


@pytest.mark.parametrize("path", CONTRACTS, ids=str)
def test_a_contract_is_named_by_its_urn(path: PurePosixPath) -> None:
    assert CONTRACTS[path]["$id"] == f"urn:fieldtally:{path.parent.name}:{path.stem}"


@pytest.mark.parametrize("name", ["training.attended", "training.attended.corrected", "training.attended.voided",
                                  "stream.withdrawn", *published.schemas()])  # fmt: skip
def test_a_contract_of_each_form_is_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(CONTRACTS[documents.schema_path(name, 1)])


@pytest.mark.parametrize(("name", "schema"), _events())
def test_an_event_contract_is_closed_and_leaves_no_room_for_free_text(name: str, schema: Schema) -> None:
    for at, part in subschemas(schema):
        kind = part.get("type")
        if kind == "object":
            assert part["additionalProperties"] is False, at
        elif kind in BOUNDED:
            assert any(keys <= part.keys() for keys in BOUNDED[kind]), f"{name} {at} has no limits"
        else:
            assert kind in ("boolean", "null") or {"$ref", "anyOf", "oneOf", "enum"} & part.keys(), f"{name} {at}"


@pytest.mark.parametrize(("name", "schema"), _events())
def test_a_pattern_is_anchored_at_both_ends(name: str, schema: Schema) -> None:
    patterns = [part["pattern"] for _, part in subschemas(schema) if "pattern" in part]
    assert len(patterns) >= 4, name
    assert all(pattern.startswith("^") and pattern.endswith(END) for pattern in patterns), name


@pytest.mark.parametrize(("name", "schema"), [(str(path.parent.name), schema) for path, schema in CONTRACTS.items()])
def test_every_field_is_titled_in_vietnamese_and_described_in_english(name: str, schema: Schema) -> None:
    assert schema["title"]
    assert schema["description"]
    for at, part in subschemas(schema):
        for field, said in part.get("properties", {}).items():
            forms = [said, *said.get("anyOf", [])]
            assert any(form.get("title") and form.get("description") for form in forms), f"{name} {at}.{field}"


def test_every_code_is_titled_in_both_languages() -> None:
    lists = {name: value for name, value in vars(codes).items() if name.isupper() and isinstance(value, dict)}
    titled = [*lists.values(), rejected.REASONS, {e.name: e.title for e in EVENT_TYPES}]
    assert len(lists) > 15
    for code, title in (item for titles in titled for item in titles.items()):
        assert isinstance(title, Title)
        assert all(text and text == text.strip() for text in title), code


def test_code_lists_stand_in_the_contracts_with_their_titles() -> None:
    topic = CONTRACTS[documents.schema_path("training.session-held", 1)]["properties"]["data"]["properties"]["topic"]
    assert topic["oneOf"] == [
        {"const": code, "title": title.vi, "description": title.en} for code, title in codes.TOPICS.items()
    ]


def test_every_type_counts_something_and_every_count_is_of_a_type() -> None:
    assert set(COUNTS) == set(ROOT_TYPES)
    assert all(COUNTS.values())


def test_every_own_header_of_a_rejected_record_is_in_its_contract() -> None:
    contract = published.schemas()[published.REJECTED]
    assert set(contract["properties"]) == rejected.OWN_HEADERS
    origin = rejected.Origin("field.points.v1", 3, 12)
    headers = rejected.rejected_headers(origin, b"2025-07:24848", rejected.Refusal("bad-seq", "$.seq"), [])
    assert validator(published.REJECTED).is_valid({name: value.decode() for name, value in headers})


class TestAsyncApi:
    """The structure that AsyncAPI 3.0 asks for; the official schema and parser accept the document too (checked by
    hand with the npm packages @asyncapi/specs 6 and @asyncapi/parser 3, which tests here do without)."""

    api: dict[str, Any] = yaml.safe_load((generate.FOLDER / documents.ASYNCAPI).read_text(encoding="utf-8"))

    def _target(self, reference: str) -> Any:
        if reference.startswith("#/"):
            node: Any = self.api
            for name in reference.removeprefix("#/").split("/"):
                node = node[name]
            return node
        return document(generate.FOLDER / reference)

    def _references(self, node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from ([node["$ref"]] if "$ref" in node else [])
        for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
            yield from self._references(value)

    def test_every_reference_has_a_target(self) -> None:
        references = set(self._references(self.api))
        assert len(references) > len(WIRE_TYPES)
        assert all(self._target(reference) for reference in references)

    def test_every_public_topic_is_a_channel_as_it_is_created(self) -> None:
        channels = {channel["address"]: channel for channel in self.api["channels"].values()}
        assert set(channels) == {topic.name for topic in topics.TOPICS} - {topics.STATE}
        for topic in topics.TOPICS:
            if topic.name in channels:
                kafka = channels[topic.name]["bindings"]["kafka"]
                config = kafka["topicConfiguration"]
                assert kafka["partitions"] == Settings().partitions
                said = config | {"cleanup.policy": ",".join(config["cleanup.policy"])}
                assert {key: str(value) for key, value in said.items()} == topic.config()

    def test_every_wire_type_is_a_message_of_the_channel_of_its_family(self) -> None:
        for channel in self.api["channels"].values():
            family = channel["address"].split(".")[1]
            of_family = {w.name for w in WIRE_TYPES.values() if w.root and w.root.family == family}
            if of_family:
                assert set(channel["messages"]) == of_family | {"stream.withdrawn"}

    def test_every_channel_has_one_operation_with_all_its_messages(self) -> None:
        told = {
            operation["channel"]["$ref"].removeprefix("#/channels/"): operation
            for operation in self.api["operations"].values()
        }
        assert set(told) == set(self.api["channels"])
        for name, operation in told.items():
            assert operation["action"] == (
                "receive" if name.startswith("field-") and "rejected" not in name else "send"
            )
            assert len(operation["messages"]) == len(self.api["channels"][name]["messages"])

    @each(FILES)
    def test_an_example_satisfies_payload_key_and_headers_of_its_message(self, path: Path) -> None:
        event = document(path)
        message = self.api["components"]["messages"][event["type"]]
        key = message["bindings"]["kafka"]["key"]
        headers = self._target(message["headers"]["$ref"])
        assert self._target(message["payload"]["$ref"])["$id"] == event["dataschema"]
        assert Draft202012Validator(key).is_valid(event["unit"])
        assert Draft202012Validator(headers).is_valid(
            {"content-type": "application/cloudevents+json", "ce_type": event["type"], "ce_id": event["id"]}
        )
