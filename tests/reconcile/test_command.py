"""`fieldtally reconcile` on real Kafka, Postgres and gauges: it agrees when all is well, and names what is false."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import msgspec
import pytest

from infra.stack import Stack
from infra.stack.ports import HOST
from producers.simulator import Shape, season
from schemas.settings import Settings
from tests.reconcile.asking import Answer, newest, published_instead, serving
from tests.reconcile.conftest import PARTITIONS, Change, installation, play
from tests.services import environment_of

SUM = "SELECT unit, topic, source, seq FROM event_log WHERE type = 'leaflet.distributed' ORDER BY happened LIMIT 1"


def test_all_sides_agree_on_a_season_with_every_fault(counted: Settings) -> None:
    answer = Answer(counted, "--deep")
    assert answer.status == 0, answer.text
    assert answer.report["agrees"]
    assert all(count > 0 for count in answer.report["compared"].values())
    assert answer.report["compared"]["totals and ledger"] > 1_000


def test_a_false_total_is_named_with_the_events_of_its_measure(counted: Settings) -> None:
    true = next(total for total in newest(counted).values() if total.counters.get("leaflets"))
    counters = true.counters | {"leaflets": {"": true.counters["leaflets"][""] + 1}, "points_connected": {"": 999}}
    with published_instead(counted, msgspec.structs.replace(true, counters=counters)):
        answer = Answer(counted)
    assert answer.status == 1
    found = {(each["place"], each["figure"]): each for each in answer.named("totals and ledger")}
    assert set(found) == {(true.unit, "leaflets"), (true.unit, "points_connected")}
    leaflets = found[true.unit, "leaflets"]
    assert (leaflets["left"], leaflets["right"]) == (counters["leaflets"][""], true.counters["leaflets"][""])
    assert all(line.startswith("leaflet.distributed") for line in leaflets["behind"])
    assert leaflets["behind"]
    assert Answer(counted).status == 0  # the true total is the newest again


def test_a_total_without_a_measure_that_the_ledger_has_is_named_too(counted: Settings) -> None:
    true = next(total for total in newest(counted).values() if total.counters.get("leaflets"))
    counters = {measure: kinds for measure, kinds in true.counters.items() if measure != "leaflets"}
    with published_instead(counted, msgspec.structs.replace(true, counters=counters)):
        answer = Answer(counted, f"--unit={true.unit}")
    assert answer.status == 1
    [difference] = answer.named("totals and ledger")
    assert (difference["figure"], difference["left"]) == ("leaflets", None)


def test_a_total_that_breaks_conservation_is_named_with_the_law(counted: Settings) -> None:
    true = next(iter(newest(counted).values()))
    conservation = msgspec.structs.replace(true.conservation, standing=true.conservation.standing + 1)
    with published_instead(counted, msgspec.structs.replace(true, conservation=conservation)):
        answer = Answer(counted)
    assert answer.status == 1
    assert f"{true.unit} breaks a law of conservation: originals = standing + corrected + voided" in answer.failures


def test_a_row_that_the_ledger_lost_is_named_by_unit_measure_and_event(
    stack: Stack, counted: Settings, with_ledger: Change
) -> None:
    [(unit, topic, source, seq)] = stack.postgres.query(SUM, "whole")
    settings = with_ledger(
        "whole", f"DELETE FROM events e USING streams s WHERE s.id = e.stream AND s.unit = '{unit}' "
        f"AND s.topic = '{topic}' AND s.source = '{source}' AND e.seq = {seq}")
    answer = Answer(settings)
    assert answer.status == 1
    lost = f"{source} {unit} {seq}"
    assert lost in {each["left"] for each in answer.named("log and ledger")}
    leaflets = [each for each in answer.named("totals and ledger") if each["figure"] == "leaflets"]
    assert [each["place"] for each in leaflets] == [unit]
    assert lost in leaflets[0]["behind"][0]
    assert Answer(counted).status == 0


def test_a_per_day_figure_that_was_changed_is_named_with_its_day(stack: Stack, with_ledger: Change) -> None:
    query = "SELECT unit, day, measure, kind, value FROM per_day ORDER BY 1, 2, 3, 4 LIMIT 1"
    [(unit, day, measure, kind, value)] = stack.postgres.query(query, "whole")
    settings = with_ledger("whole", f"UPDATE per_day SET value = value + 5 WHERE unit = '{unit}' AND day = '{day}' "
                                    f"AND measure = '{measure}' AND kind = '{kind}'")
    answer = Answer(settings)
    assert answer.status == 1
    [difference] = answer.report["differences"]
    assert (difference["place"], difference["figure"], difference["kind"]) == (unit, f"per_day {measure} {day}", kind)
    assert difference["left"] == int(str(value)) + 5
    assert difference["right"] == value


def test_a_household_that_presence_forgot_is_named(stack: Stack, with_ledger: Change) -> None:
    query = "SELECT unit, subject FROM presence WHERE measure = 'households_with_leaflet' ORDER BY 1, 2 LIMIT 1"
    [(unit, subject)] = stack.postgres.query(query, "whole")
    answer = Answer(with_ledger("whole", f"DELETE FROM presence WHERE unit = '{unit}' AND subject = '{subject}' "
                                         "AND measure = 'households_with_leaflet'"))
    assert answer.status == 1
    assert {(each["place"], *each["behind"]) for each in answer.report["differences"]} == {(unit, subject)}


def test_a_reject_that_the_ledger_judged_otherwise_is_named_by_its_offset(with_ledger: Change) -> None:
    answer = Answer(with_ledger("whole", "UPDATE uncounted SET reason = 'oversize' WHERE reason = 'wrong-shape'"))
    assert answer.status == 1
    found = answer.named("rejected records and ledger")
    assert found
    assert {(each["left"], each["right"]) for each in found} == {("wrong-shape", "oversize")}


def test_a_commune_that_the_page_lacks_is_named(counted: Settings) -> None:
    with urllib.request.urlopen(f"http://{HOST}:{counted.gauges_port}/metrics") as answered:
        text = answered.read().decode()
    label = next(line for line in text.splitlines() if line.startswith("fieldtally_leaflets{")).split('"')[1]
    without = "\n".join(line for line in text.splitlines() if f'commune="{label}"' not in line) + "\n"
    with serving(without) as port:
        answer = Answer(msgspec.structs.replace(counted, gauges_port=port))
    assert answer.status == 1
    found = answer.named("gauges and totals")
    assert {each["place"].split()[0] for each in found} == {label}
    assert "on the page" in {each["figure"] for each in found}
    assert "fieldtally_leaflets" in {each["figure"] for each in found}


def test_a_page_that_shows_what_no_total_says_is_named(counted: Settings) -> None:
    with urllib.request.urlopen(f"http://{HOST}:{counted.gauges_port}/metrics") as answered:
        text = answered.read().decode()
    extra = 'fieldtally_leaflets{commune="2025-07:00004",province="01"} 7\n'
    with serving(text + extra) as port:
        answer = Answer(msgspec.structs.replace(counted, gauges_port=port))
    assert answer.status == 1
    assert {each["place"] for each in answer.named("gauges and totals")} == {"2025-07:00004 in 01"}


def test_gauges_that_do_not_answer_are_a_failure(counted: Settings) -> None:
    answer = Answer(msgspec.structs.replace(counted, gauges_port=1))
    assert answer.status == 1
    assert "The gauges at" in answer.failures
    assert not answer.report["differences"]


def test_an_empty_ledger_is_a_failure_and_no_agreement(with_ledger: Change) -> None:
    answer = Answer(with_ledger("migrated"))
    assert answer.status == 1
    assert "The ledger is empty although the log holds" in answer.failures


def test_a_ledger_that_lags_is_a_failure_that_says_by_how_much(with_ledger: Change) -> None:
    answer = Answer(with_ledger("early"))
    assert answer.status == 1
    assert "The ledger lags" in answer.failures
    assert "2,000 records behind" in answer.failures
    assert not answer.named("totals and ledger")  # what could be compared agrees


def test_a_log_without_totals_is_a_failure_and_no_agreement(stack: Stack, with_ledger: Change, tmp_path: Path) -> None:
    alone = installation(stack, "alone", "unused", tmp_path)
    play(alone, list(season(1, 200, shape=Shape(partitions=PARTITIONS))))
    alone = msgspec.structs.replace(alone, database_url=with_ledger("migrated").database_url)
    answer = Answer(alone)
    assert answer.status == 1
    assert "There are no totals although the log holds records" in answer.failures


def test_an_empty_log_is_a_failure_and_no_agreement(stack: Stack, with_ledger: Change, tmp_path: Path) -> None:
    empty = installation(stack, "empty", "unused", tmp_path)
    answer = Answer(msgspec.structs.replace(empty, database_url=with_ledger("migrated").database_url))
    assert answer.status == 1
    assert "The log is empty" in answer.failures


def test_watching_compares_again_and_again_until_it_is_stopped(counted: Settings) -> None:
    command = [sys.executable, "-P", "-m", "infra.cli", "reconcile", "--watch=1", "--json"]
    environment = {**os.environ, **environment_of(counted)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [msgspec.json.decode(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
    assert all(each["agrees"] for each in said)


@pytest.mark.parametrize("options", [("--once", "--watch=5"), ("--unit=2025-07:99999",), ("--patience=-1",)])
def test_wrong_usage_has_a_status_of_its_own(counted: Settings, options: tuple[str, ...]) -> None:
    assert Answer(counted, *options).status == 2
