"""The contract as one page: nothing of the AsyncAPI document is missing, its links lead somewhere, and it promises."""

from __future__ import annotations

import re

from schemas.contracts import documents, generate, published
from schemas.events.catalogue import EVENT_TYPES
from schemas.measures import MEASURES
from schemas.topics import TOPICS

PAGE = (generate.FOLDER / documents.PAGE).read_text(encoding="utf-8")


def test_the_page_is_one_of_the_generated_contracts_so_that_drift_is_named() -> None:
    assert documents.texts()[documents.PAGE] == PAGE


def test_every_topic_event_message_and_measure_is_on_the_page() -> None:
    named = {*(topic.name for topic in TOPICS), *(root.name for root in EVENT_TYPES), *published.schemas(), *MEASURES}
    assert not {name for name in named if f"`{name}`" not in PAGE}


def test_every_field_of_every_contract_is_on_the_page() -> None:
    fields = {name for schema in documents.schemas().values() for name in schema["properties"]}
    assert not {name for name in fields if f"| `{name}` |" not in PAGE and name != "data"}


def test_every_link_leads_to_a_file_or_a_heading() -> None:
    headings = {line.lstrip("# ").lower() for line in PAGE.splitlines() if line.startswith("#")}
    for target in re.findall(r"\]\((.*?)\)", PAGE):
        there = target[1:] in headings if target.startswith("#") else (generate.FOLDER / target).exists()
        assert there, target


def test_it_says_what_is_promised() -> None:
    assert "what was ever valid stays valid for ever" in PAGE
    assert "are kept for ever" in PAGE
    assert "the higher\n  `generation` wins" in PAGE
