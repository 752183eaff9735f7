"""The page over HTTP."""

from __future__ import annotations

import http.client
import socket

import pytest

from sinks.gauges.errors import GaugesError
from sinks.gauges.page import Page
from sinks.gauges.web import serve
from tests.gauges.support import LAC_DUONG, PLACES, samples, total, value

HOST = "127.0.0.1"


def test_there_are_no_metrics_before_all_totals_are_read_and_all_of_them_after() -> None:
    page = Page(PLACES)
    with serve(page, HOST, 0) as port:
        connection = http.client.HTTPConnection(HOST, port)
        with page.change():
            page.board.take(total(LAC_DUONG, {"leaflets": {"": 5}}))
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        assert (answer.status, b"fieldtally_" in answer.read()) == (503, False)
        with page.change():
            page.ready = True
        connection.request("GET", "/metrics?from=prometheus")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "text/plain; version=0.0.4; charset=utf-8")
        found = samples(answer.read().decode())
        assert value(found, "fieldtally_leaflets", commune=LAC_DUONG, province="68") == 5


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/", 404), ("/metrics/x", 404)])
def test_health_answers_from_the_start_and_other_paths_do_not(path: str, status: int) -> None:
    with serve(Page(PLACES), HOST, 0) as port:
        connection = http.client.HTTPConnection(HOST, port)
        connection.request("GET", path)
        assert connection.getresponse().status == status


def test_a_port_that_is_taken_is_said_in_a_sentence() -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(GaugesError, match=f"{port} .*FIELDTALLY_GAUGES_PORT"), serve(Page(PLACES), HOST, port):
            pass
