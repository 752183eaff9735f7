"""Rules and alerts as Prometheus' own checker sees them, and as the one who is called at night reads them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.instance import REPO
from infra.stack import tools
from schemas.metrics import METRICS, PROCESS_METRICS

HERE = Path(__file__).parent
RULES = sorted((REPO / "infra" / "prometheus" / "rules").glob("*.yml"))
CASES = sorted(HERE.glob("alerts*.yml"))
ALL: list[dict[str, Any]] = [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"]
                             for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in ALL if "alert" in rule}
RECORDED = {rule["record"] for rule in ALL if "record" in rule}
RUNBOOK = (REPO / "infra" / "RUNBOOK.md").read_text(encoding="utf-8")


def promtool(*arguments: str | Path) -> str:
    """What promtool says; its status must be 0."""
    done = subprocess.run([tools.promtool(), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_accepts_the_rules() -> None:
    assert promtool("check", "rules", *RULES).count("SUCCESS") == len(RULES) == 2


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_alerts_fire_when_they_must_and_only_then(path: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", path)


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = [case for path in CASES for test in yaml.safe_load(path.read_text())["tests"]
             for case in test["promql_expr_test"]]
    fires, silent = ({name for case in cases for name in re.findall(r'alertname="(\w+)"', case["expr"])
                      if bool(case["exp_samples"]) is firing} for firing in (True, False))
    assert fires == silent == set(ALERTS)


def test_every_metric_in_a_rule_is_one_of_ours() -> None:
    named = {name for rule in ALL for name in re.findall(r"\b(?:fieldtally[:_]|process_)\w+", rule["expr"])}
    assert len(named) > 10
    assert named <= set(METRICS) | RECORDED | set(PROCESS_METRICS)


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_in_both_languages_what_it_means_and_what_to_do(name: str) -> None:
    alert = ALERTS[name]
    assert set(alert["annotations"]) == {"summary_vi", "summary_en", "action_vi", "action_en", "runbook"}
    assert all(text.endswith(".") for key, text in alert["annotations"].items() if key != "runbook")
    assert alert["labels"]["severity"] in ("page", "ticket")


def test_the_runbook_has_a_section_for_each_alert_and_no_other_alerts() -> None:
    anchors = {alert["annotations"]["runbook"].removeprefix("infra/RUNBOOK.md#") for alert in ALERTS.values()}
    assert anchors == {name.lower() for name in ALERTS}
    alerts = RUNBOOK.split("\n## Alerts")[1].split("\n## ")[0]
    assert re.findall(r"^### (\w+)$", alerts, re.MULTILINE) == list(ALERTS)


def test_a_section_of_the_runbook_says_what_one_sees_what_to_do_and_what_never_to_do() -> None:
    sections = re.findall(r"^### (.+)\n((?:(?!#).*\n)+)", RUNBOOK, re.MULTILINE)
    assert len(sections) > len(ALERTS)
    assert not {title for title, text in sections
                if not all(f"**{word}**" in text for word in ("See", "Do", "Never"))}


def test_every_command_that_the_runbook_names_is_one() -> None:
    from typer.main import get_group

    from infra.cli import app

    named = set(re.findall(r"`fieldtally ([a-z]+)", RUNBOOK))
    assert named
    assert named <= set(get_group(app).commands)
