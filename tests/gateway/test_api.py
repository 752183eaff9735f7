"""Whatever is asked of the gateway, by a tablet or by nobody, its answer is one of those that its document names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.stack import Stack
from producers.tablet_client.tablet import Tablet
from schemas.contracts import openapi
from schemas.gateway import ERRORS
from tests.gateway.process import UNIT, Gateway, gateway_of, installed

FITTING, UNFITTING = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
REQUESTS = [  # where nothing can be said, nothing can be said wrongly
    pytest.param(path, method, mode, id=f"{operation['operationId']}-{mode.value}")
    for path, methods in openapi.document()["paths"].items()
    for method, operation in methods.items()
    for mode in ((FITTING, UNFITTING) if operation.keys() & {"parameters", "requestBody"} else (FITTING,))
]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


EXAMPLES = 15


@pytest.fixture(scope="module")
def served(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for all requests."""
    folder = tmp_path_factory.mktemp("api")
    with gateway_of(installed(stack.addresses.bootstrap, "api.", folder), folder / "gateway.log") as running:
        yield running


@pytest.fixture(scope="module")
def tablet(served: Gateway) -> Tablet:
    """A tablet that signs what is asked."""
    return served.tablet(UNIT)


@pytest.mark.parametrize(("path", "method", "mode"), REQUESTS)
def test_every_answer_is_one_of_the_document(
    served: Gateway, tablet: Tablet, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_dict(openapi.document())[path][method]
    session = requests.Session()
    seen: set[int] = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def answers_as_documented(case: schemathesis.Case) -> None:
        for signed in (True, False):
            response = asked(session, served.url, case, tablet if signed else None)
            if response.status_code == 404:  # the request was made into one of another address
                continue
            seen.add(response.status_code)
            case.validate_response(response, checks=CHECKS)
            if "json" in response.headers["Content-Type"]:
                body = response.json()
                assert path == "/openapi.json" or body["fieldtally"] == "v1"
                assert "error" not in body or body["error"]["code"] in ERRORS

    answers_as_documented()
    assert seen
    assert served.process.running


def asked(session: requests.Session, url: str, case: schemathesis.Case, tablet: Tablet | None) -> requests.Response:
    """The answer to a generated request, signed by a tablet over what is sent, or as it was generated."""
    told = case.as_transport_kwargs(base_url=url)
    names = ("method", "url", "headers", "params", "cookies", "json", "data")
    request = requests.Request(**{name: told[name] for name in names if told.get(name) is not None})
    prepared = session.prepare_request(request)
    if tablet is not None and prepared.method == "POST" and "batch" in prepared.url:
        sent = prepared.body if isinstance(prepared.body, bytes) else (prepared.body or "").encode()
        prepared.headers.update(tablet.headers(sent, packed=False))
    elif tablet is not None and prepared.method == "GET":
        prepared.headers.update(tablet.signed(prepared.path_url.partition("?")[0]))
    return session.send(prepared, timeout=30, allow_redirects=False)
