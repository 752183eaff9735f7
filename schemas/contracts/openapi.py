"""The OpenAPI 3.1 document of the gateway: its requests and answers are the Structs, its prose `gateway.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from schemas.contracts.json_schema import DIALECT, Schema
from schemas.gateway import Batch, Enrolment, EnrolmentAnswer, ErrorAnswer, ReceiptsAnswer
from schemas.reference import Reference
from schemas.sync import Sync

VERSION = "1.0.0"
PROSE = Path(__file__).with_name("gateway.md")
STRUCTS = (Enrolment, EnrolmentAnswer, Batch, ReceiptsAnswer, Sync, Reference, ErrorAnswer)
_SIGNED = ("Fieldtally-Key", "Fieldtally-Signature")
_HEADERS: dict[str, tuple[str, str]] = {
    "Fieldtally-Key": ("Thumbprint of the tablet's key (RFC 7638)", "^[A-Za-z0-9_-]{43}$"),
    "Fieldtally-Signature": ("ECDSA with SHA-256, r and s, base64url without padding", "^[A-Za-z0-9_-]{86}$"),
    "Fieldtally-Time": ("The tablet's clock, as it is signed", "^[0-9A-Za-z:.+-]{1,40}$"),
}


def document() -> Schema:
    """The document; the same code always gives the same."""
    _, components = msgspec.json.schema_components(STRUCTS, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {"title": "fieldtally gateway", "version": VERSION, "description": PROSE.read_text(encoding="utf-8")},
        "paths": {
            "/v1/enrolments": {"post": _enrol()},
            "/v1/events:batch": {"post": _send()},
            "/v1/sync": {"get": _read("sync", "What the counter has of this tablet", Sync)},
            "/v1/reference": {"get": _reference()},
            "/healthz": {"get": _look("healthz", "Whether the process answers", "application/json", (200,))},
            "/readyz": {"get": _look("readyz", "Whether tablets are served", "application/json", (200, 503))},
            "/metrics": {"get": _look("metrics", "For Prometheus", "text/plain", (200,))},
        },
        "components": {
            "schemas": {name: _on_one_line(schema) for name, schema in components.items()},
            "responses": {"error": _answer("Why the request was refused", ErrorAnswer, _RETRY)},
            "parameters": {name: _header(name) for name in _HEADERS},
        },
    }


def _enrol() -> Schema:
    return {
        "operationId": "enrol",
        "summary": "Bind a tablet's key by an invitation",
        "requestBody": _body(Enrolment, "application/json"),
        "responses": {
            "201": _answer("Enrolled", EnrolmentAnswer),
            "200": _answer("This key was enrolled by this code before", EnrolmentAnswer),
            **_refusals(400, 401, 403, 408, 411, 413, 415, 429, 503),
        },
    }


def _send() -> Schema:
    carried = {
        "name": "carried",
        "in": "query",
        "description": "1 where another brings the batch, so its clock says nothing of the tablet's",
        "schema": {"enum": ["0", "1"]},
    }
    encoding = {
        "name": "Content-Encoding",
        "in": "header",
        "description": "How the body is packed; the signature is over the bytes as sent",
        "schema": {"enum": ["gzip", "identity"]},
    }
    return {
        "operationId": "send",
        "summary": "Send events; each gets a receipt",
        "parameters": [*_signed(*_SIGNED), carried, encoding],
        "requestBody": _body(Batch, "application/json"),
        "responses": {
            "200": _answer("A receipt for each event, in order", ReceiptsAnswer),
            **_refusals(400, 401, 403, 408, 411, 413, 415, 429, 503),
        },
    }


def _read(name: str, summary: str, struct: type[msgspec.Struct]) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": _signed(*_HEADERS),
        "responses": {"200": _answer(summary, struct), **_refusals(400, 401, 403, 429, 503)},
    }


def _reference() -> Schema:
    read = _read("reference", "What a tablet knows of its own place", Reference)
    match = {"name": "If-None-Match", "in": "header", "description": "The last ETag", "schema": {"type": "string"}}
    same = {"304": {"description": "Nothing changed", "headers": _ETAG}}
    answered = read["responses"]["200"] | {"headers": _ETAG}
    return read | {
        "parameters": [*read["parameters"], match],
        "responses": {**read["responses"], "200": answered, **same},
    }


def _look(name: str, summary: str, media: str, statuses: tuple[int, ...]) -> Schema:
    content = {media: {"schema": {"type": "object"} if media.endswith("json") else {"type": "string"}}}
    return {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): {"description": summary, "content": content} for status in statuses},
    }


def _body(struct: type[msgspec.Struct], media: str) -> Schema:
    return {"required": True, "content": {media: {"schema": _ref(struct)}}}


def _answer(what: str, struct: type[msgspec.Struct], headers: Schema | None = None) -> Schema:
    said: Schema = {"description": what, "content": {"application/json": {"schema": _ref(struct)}}}
    return said | ({"headers": headers} if headers else {})


def _refusals(*statuses: int) -> Schema:
    return {str(status): {"$ref": "#/components/responses/error"} for status in statuses}


def _signed(*headers: str) -> list[Schema]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _header(name: str) -> Schema:
    said, pattern = _HEADERS[name]
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": True, "description": said, "schema": schema}


def _ref(struct: type[msgspec.Struct]) -> Schema:
    return {"$ref": f"#/components/schemas/{struct.__name__}"}


def _on_one_line(node: Any) -> Any:
    """The same with docstrings on one line."""
    if isinstance(node, list):
        return [_on_one_line(value) for value in node]
    if not isinstance(node, dict):
        return node
    said = {key: _on_one_line(value) for key, value in node.items()}
    if isinstance(said.get("description"), str):
        said["description"] = " ".join(said["description"].split())
    return said


_RETRY = {"Retry-After": {"description": "Seconds, with 429 and 503", "schema": {"type": "string"}}}
_ETAG = {"ETag": {"description": "Of what is said", "schema": {"type": "string"}}}
