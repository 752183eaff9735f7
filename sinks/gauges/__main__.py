"""`python -m sinks.gauges`: the gauges with the settings of the environment."""

from __future__ import annotations

from schemas.settings import from_env
from sinks.gauges.service import run

if __name__ == "__main__":
    run(from_env())
