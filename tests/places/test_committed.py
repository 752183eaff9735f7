"""The committed map on its topic: a reader of the topic alone has it, and a service tells when it is another's."""

from __future__ import annotations

import msgspec
import pytest

from schemas.places import Following, Places, committed
from schemas.places.loading import RECORD_BYTES_MAX, is_name
from tests.places.loads import MERGER, loaded


def test_the_records_alone_give_the_whole_map(places: Places) -> None:
    records = [committed.decode(committed.encode(part)) for part in committed.parts(places)]
    assert committed.assembled(records) == places
    assert max(len(committed.encode(record)) for record in records) < RECORD_BYTES_MAX


def test_no_loading_has_the_key_of_a_part_of_the_committed_map(places: Places) -> None:
    assert not any(is_name(part.key().decode()) for part in committed.parts(places))


def test_parts_of_two_maps_are_no_map(places: Places) -> None:
    first, second, *_ = committed.parts(places)
    with pytest.raises(ValueError, match="2 maps"):
        committed.assembled([first, msgspec.structs.replace(second, map="0" * 16)])


def test_the_own_map_on_the_topic_changes_nothing_and_another_one_is_told_until_it_is_replaced(places: Places) -> None:
    there = Following(places)
    mine = [committed.encode(part) for part in committed.parts(places)]
    assert not there.take(mine)
    assert list(there.complaints()) == []
    assert there.take(committed.encode(msgspec.structs.replace(part, map="f" * 16)) for part in committed.parts(places))
    [complaint] = there.complaints()
    assert "f" * 16 in complaint
    assert places.digest in complaint
    assert there.places is places, "a service judges by its own map"
    assert there.take(mine)
    assert list(there.complaints()) == []


def test_loadings_hold_beside_the_committed_map(places: Places) -> None:
    there = Following(places)
    loading = loaded(places, *MERGER)
    values = [committed.encode(part) for part in committed.parts(places)]
    assert there.take([*values, msgspec.json.encode(loading)])
    assert list(there.loadings) == [loading.loading]
    assert there.places.digest != places.digest
