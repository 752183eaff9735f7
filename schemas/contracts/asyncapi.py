"""The AsyncAPI 3.0 document: channels, messages and operations, from topics and contracts; prose in `readers.md`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from schemas import rejected, topics
from schemas.contracts import published
from schemas.contracts.json_schema import Schema
from schemas.events.catalogue import WIRE_TYPES, WITHDRAWAL, WireType
from schemas.events.fields import END, SLUG, SOURCE_PATTERN, UnitId
from schemas.gateway.records import Digest, TabletSource
from schemas.office import Subject
from schemas.places.committed import PART
from schemas.registers import Code
from schemas.repair import ORIGIN, RepairSubject
from schemas.settings import Settings
from schemas.topics import Topic

VERSION = "1.0.0"
BINDING = {"bindingVersion": "0.5.0"}
PROSE = Path(__file__).with_name("readers.md")
_PUBLISHED = {  # topic -> its message, the kind of its key, and titles of message and operation
    topics.TOTALS: (published.TOTALS, "unit", "Số liệu của một đơn vị", "Publish the totals of a unit"),
    topics.STREAMS: (published.STREAMS, "stream", "Tình trạng một luồng", "Publish what was seen of a stream"),
    topics.REJECTED: (published.REJECTED, "origin", "Bản ghi bị từ chối", "Set aside a record that is no valid event"),
    topics.PLACES: (published.PLACES, "loading", "Một lần nạp bản đồ", "Load decisions onto the map of places"),
    topics.ACTIONS: (published.ACTIONS, "decided", "Quyết định của văn phòng", "Publish what an office decided"),
    topics.REGISTERS: (published.REGISTERS, "entry", "Một mục của sổ", "Publish an entry of a register"),
    topics.IMPORTS: (published.IMPORTED_RECORD, "record", "Một bản ghi biểu mẫu", "Note what a form's record became"),
    topics.ENROLMENTS: (published.INVITED, "fact", "Thư mời", "Note invitations, enrolments and revocations"),
    topics.CONTACTS: (published.CONTACT, "source", "Lần liên lạc cuối", "Note the last contact with a tablet"),
}
_BESIDE = {  # topic -> further messages of it, in the same form
    topics.PLACES: [(published.COMMITTED, "committed", "Phần bản đồ gốc", "Lay out a part of the committed map")],
    topics.IMPORTS: [(published.IMPORTED_FORM, "form", "Tiến độ của một biểu mẫu", "Note what of a form is published")],
    topics.ACTIONS: [(published.REPAIR, "repaired", "Xử lý bản ghi bị từ chối", "Publish what is done of rejects")],
    topics.ENROLMENTS: [
        (published.ENROLLED, "fact", "Đăng ký máy bảng", "Note an enrolment"),
        (published.REVOKED, "fact", "Thu hồi", "Note a revocation"),
    ],
}


def document() -> dict[str, Any]:
    """The AsyncAPI document. The counter's own state topic is no contract and stays out."""
    public = [topic for topic in topics.TOPICS if topic.name != topics.STATE]
    defaults = Settings()
    return {
        "asyncapi": "3.0.0",
        "id": "urn:fieldtally",
        "info": {"title": "fieldtally", "version": VERSION, "description": PROSE.read_text(encoding="utf-8")},
        "defaultContentType": "application/json",
        "servers": {
            "installation": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "The Kafka cluster of an installation",
                "variables": {
                    "bootstrap": {"default": defaults.bootstrap, "description": "Bootstrap server, host:port"}
                },
            }
        },
        "channels": {_id(topic.name): _channel(topic, defaults.partitions) for topic in public},
        "operations": dict(_operation(topic) for topic in public),
        "components": {
            "messages": {wire.name: _event(wire) for wire in WIRE_TYPES.values()}
            | {said[0]: _message(*said[:3]) for said in (*_PUBLISHED.values(), *chain(*_BESIDE.values()))},
            "schemas": {"event-headers": _event_headers()},
        },
    }


def _id(name: str) -> str:
    return name.replace(".", "-")


def _file(name: str, version: int) -> Schema:
    return {"$ref": f"./jsonschema/{name}/{version}.json"}


def _component(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def _messages(topic: str) -> list[str]:
    if topic in _PUBLISHED:
        return [said[0] for said in (_PUBLISHED[topic], *_BESIDE.get(topic, []))]
    family = topic.split(".")[1]
    return [w.name for w in WIRE_TYPES.values() if w.root is not None and w.root.family == family] + [WITHDRAWAL]


def _channel(topic: Topic, partitions: int) -> dict[str, Any]:
    config = {key: int(value) if value.lstrip("-").isdigit() else value for key, value in topic.config().items()}
    policies = {"cleanup.policy": [config["cleanup.policy"]]}  # a list in AsyncAPI
    kafka = {"topic": topic.name, "partitions": partitions, "topicConfiguration": config | policies}
    kept = "Compacted: the last record of a key is kept." if topic.compact else "Kept for ever."
    return {
        "address": topic.name,
        "description": f"{topic.content[0].upper()}{topic.content[1:]}. Key: {topic.key}. {kept}",
        "messages": {name: _component("messages", name) for name in _messages(topic.name)},
        "bindings": {"kafka": kafka | BINDING},
    }


def _operation(topic: Topic) -> tuple[str, dict[str, Any]]:
    channel = _id(topic.name)
    if topic.name in _PUBLISHED:
        verb, action, summary = "publish", "send", _PUBLISHED[topic.name][3]
    else:
        verb, action, summary = "count", "receive", f"Count events of the family {topic.name.split('.')[1]}"
    messages = [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in _messages(topic.name)]
    return f"{verb}-{channel}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": messages,
    }


def _event(wire: WireType) -> dict[str, Any]:
    return {
        "name": wire.name,
        "title": wire.title.vi,
        "summary": wire.title.en,
        "contentType": "application/cloudevents+json",
        "headers": _component("schemas", "event-headers"),
        "payload": _file(wire.name, wire.version),
        "bindings": _keyed_by("unit"),
    }


def _message(name: str, key: str, title: str) -> dict[str, Any]:
    contract = _file(name, published.VERSION)
    said = {"name": name, "title": title, "bindings": _keyed_by(key)}
    if name == published.REJECTED:
        anything = {"description": "The bytes as they came; empty for a record without a value"}
        return said | {"contentType": "application/octet-stream", "headers": contract, "payload": anything}
    return said | {"contentType": "application/json", "payload": contract}


def _keyed_by(kind: str) -> dict[str, Any]:
    """The Kafka binding of a message. The key stands in full: the binding's own schema refuses a reference."""
    return {"kafka": {"key": _keys()[kind]} | BINDING}


def _keys() -> dict[str, Schema]:
    unit = msgspec.json.schema(UnitId)
    field_topic = "|".join(name.replace(".", r"\.") for name in topics.FIELD_TOPICS)
    code = msgspec.json.schema(Code)["pattern"]
    source, place = SOURCE_PATTERN.removesuffix(END), unit["pattern"].removeprefix("^")
    invitation = msgspec.json.schema(Digest)["pattern"].removeprefix("^").removesuffix(END)
    return {
        "unit": unit,
        "stream": {
            "title": "Luồng",
            "description": "Source, topic and unit, separated by a space; the record lies in the unit's partition",
            "type": "string",
            "pattern": f"{source} (?:{field_topic}) {place}",
        },
        "loading": {
            "title": "Lần nạp",
            "description": "Name of the loading; all lie in partition 0",
            "type": "string",
            "pattern": f"^{SLUG}{END}",
        },
        "committed": {
            "title": "Phần bản đồ gốc",
            "description": "Vintage and province; all lie in partition 0",
            "type": "string",
            "pattern": f"^committed/{PART}{END}",
        },
        "entry": {
            "title": "Mục của sổ",
            "description": "Unit and code, separated by a space",
            "type": "string",
            "pattern": f"{unit['pattern'].removesuffix(END)} {code.removeprefix('^')}",
        },
        "decided": msgspec.json.schema(Subject),
        "repaired": msgspec.json.schema(RepairSubject),
        "record": {
            "title": "Bản ghi",
            "description": "Form and the pseudonym of its record id, separated by a space; all in the form's partition",
            "type": "string",
            "pattern": f"^{SLUG} p1\\.[0-9a-f]{{32}}{END}",
        },
        "fact": {
            "title": "Sự việc",
            "description": "Kind of the fact, the invitation's digest, of enrolments the attempt; separated by spaces. "
            "All lie in the partition of the digest, so that they have one order",
            "type": "string",
            "pattern": f"^(?:(?:invited|revoked) {invitation}|enrolled {invitation} [0-9a-f]{{32}}){END}",
        },
        "source": msgspec.json.schema(TabletSource),
        "form": {"title": "Biểu mẫu", "description": "The form", "type": "string", "pattern": f"^{SLUG}{END}"},
        "origin": {
            "title": "Nguồn gốc",
            "description": "topic:partition:offset of the record that was rejected",
            "type": "string",
            "pattern": f"^{ORIGIN}{END}",
        },
    }


def _event_headers() -> Schema:
    event_types = {"title": "Loại sự kiện", "description": "The event's `type`", "type": "string"}
    return {
        "description": f"CloudEvents in structured mode; names that begin `{rejected.HEADER_REASON[:18]}` are ours",
        "type": "object",
        "properties": {
            "content-type": {
                "title": "Kiểu nội dung",
                "description": "Media type of the record's value",
                "type": "string",
                "pattern": r"^application/cloudevents\+json(?:; charset=(?:utf|UTF)-8)?" + END,
            },
            "ce_type": event_types | {"enum": list(WIRE_TYPES)},
            "ce_id": {"title": "Mã sự kiện", "description": "The event's `id`", "type": "string"},
        },
    }
