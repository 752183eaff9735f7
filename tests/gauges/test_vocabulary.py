"""One vocabulary of metrics, which Prometheus' own checker accepts."""

from __future__ import annotations

import random
import subprocess

from infra.stack import tools
from schemas.metrics import (
    COMMUNE_METRICS,
    CONSERVATION_METRICS,
    LABELS,
    METRICS,
    PIPELINE_METRICS,
    PROCESS_METRICS,
    Kind,
)
from schemas.totals import Conservation
from sinks.gauges.backlog import Backlog
from sinks.gauges.lines import header, labels
from tests.gauges.support import PLACES, page_of, random_total, text_of


def promtool(page: str) -> str:
    """What `promtool check metrics` objects to."""
    done = subprocess.run(
        (str(tools.promtool()), "check", "metrics"), input=page, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr + (f"status {done.returncode}" if done.returncode else "")


def test_promtool_accepts_a_page_that_holds_every_metric_name() -> None:
    lines = []
    for metric in METRICS.values():
        lines.append(header(metric).decode())
        place = labels(dict.fromkeys(metric.labels, "x"))
        endings = ("_sum", "_count") if metric.kind is Kind.SUMMARY else ("",)
        lines.extend(f"{metric.name}{ending}{{{place}}} 1\n" for ending in endings)
    assert promtool("".join(lines)) == ""


def test_promtool_objects_to_a_name_outside_the_rules() -> None:
    assert "counter metrics should have" in promtool("# HELP a_b x\n# TYPE a_b counter\na_b 1\n")


def test_promtool_accepts_a_full_page_of_the_gauges_and_its_names_are_those_of_the_vocabulary() -> None:
    rng = random.Random(11)
    page = page_of(random_total(rng, unit) for unit in rng.sample(sorted(PLACES.units), 400))
    with page.change() as status:
        status.offsets, status.last_total = {0: 5}, 1_789_999_999_000
        status.backlog = Backlog({"field.points.v1": 3}, 1_789_999_990_000)
        status.rejects.take(b"field.points.v1:0:1", [("fieldtally.errors.reason", b"oversize")])
    text = text_of(page)
    assert promtool(text) == ""
    typed = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert sorted(typed) == sorted(
        [*(metric.name for metric in (*COMMUNE_METRICS, *PIPELINE_METRICS)), *PROCESS_METRICS]
    )


def test_every_label_has_a_bound_and_none_names_a_device_person_household_or_point() -> None:
    used = {label for metric in METRICS.values() for label in metric.labels}
    assert used == set(LABELS)
    assert not used & {"source", "unit", "tablet", "device", "household", "point", "session", "subject", "id"}


def test_every_conservation_figure_has_a_metric() -> None:
    assert tuple(CONSERVATION_METRICS) == Conservation.__struct_fields__


def test_every_help_text_is_vietnamese_first() -> None:
    for metric in METRICS.values():
        assert metric.help.startswith(f"{metric.title.vi} / {metric.title.en}")
