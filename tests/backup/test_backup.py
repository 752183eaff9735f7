"""A backup or restore that is cut off goes on; what is half-done, damaged or of another log is refused."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import msgspec
import pytest

from infra.backup import archive, restore
from infra.backup.facts import Fact, filled
from infra.backup.restore import restore as bring_back
from infra.backup.take import take
from infra.errors import InfraError
from infra.topics import ensure
from producers.connection import connected
from producers.simulator import Shape, season
from schemas.settings import Settings
from tests.backup.conftest import Place
from tests.reconcile.conftest import play


class CutOffError(Exception):
    """Ends a command in its middle, as a kill would."""


class Cut:
    """Progress that is told so many times and then cuts off."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.left -= 1
        if self.left < 0:
            raise CutOffError


@pytest.fixture(scope="module")
def backup(place: Place) -> Path:
    """A backup that was cut off twice, with half a file left behind, and went on."""
    folder = place.folder / "cut"
    for times in (5, 11):
        with pytest.raises(CutOffError):
            take(place.settings, folder, Cut(times))
        (folder / "field.handouts.v1-0.part").write_bytes(b"half a file")
    half = archive.load(folder)
    assert half is not None
    assert not half.complete
    with pytest.raises(InfraError, match=r"half-done: `fieldtally backup .*` goes on with it"):
        bring_back(elsewhere(place, "half"), folder)
    play_more(place)
    assert take(place.settings, folder).complete
    return folder


def elsewhere(place: Place, name: str) -> Settings:
    """The same installation under other topics, which are empty."""
    return msgspec.structs.replace(place.settings, topic_prefix=f"{name}.")


def play_more(place: Place) -> None:
    """Further events, which a backup that has begun does not hold."""
    play(place.settings, list(season(99, 50, shape=Shape(partitions=place.settings.partitions))))


def test_a_backup_that_was_cut_off_holds_the_log_as_it_was_when_it_began(place: Place, backup: Path) -> None:
    done = archive.load(backup)
    assert done is not None
    now = place.facts()
    for part in done.parts:
        at = f"{part.topic}[{part.partition}]"
        assert list(archive.read(backup, part)) == now[at][: part.records]
    assert sum(map(len, now.values())) > sum(part.records for part in done.parts)
    assert len(done.parts) == len(now)


def test_a_restore_that_was_cut_off_goes_on_also_in_the_middle_of_a_partition(place: Place, backup: Path) -> None:
    target, done = elsewhere(place, "cut"), archive.load(backup)
    assert done is not None
    with pytest.raises(CutOffError):
        bring_back(target, backup, Cut(20))
    largest = max((part for part in done.parts if part.topic.startswith("field.")), key=lambda part: part.end)
    producer = connected(target, 30.0, 5, print)
    assert f"{largest.topic}[{largest.partition}]" not in place.ends(target)
    restore._write(target, producer, backup, msgspec.structs.replace(largest, end=largest.end // 2), 0)
    producer.close()
    bring_back(target, backup)
    assert place.ends(target) == {f"{part.topic}[{part.partition}]": part.end for part in done.parts if part.end}


def test_topics_that_hold_another_log_are_refused_at_the_first_record_that_differs(place: Place, backup: Path) -> None:
    target = elsewhere(place, "other")
    ensure(target)
    play(target, list(season(5, 30, shape=Shape(partitions=target.partitions))))
    with pytest.raises(InfraError, match=r"is another record than the backup has.*Restore into topics that are empty"):
        bring_back(target, backup)


def test_what_is_damaged_missing_or_does_not_fit_is_refused_before_anything_is_written(
    place: Place, backup: Path, tmp_path: Path
) -> None:
    target = elsewhere(place, "refused")
    with pytest.raises(InfraError, match="holds no backup"):
        bring_back(target, tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(backup, copy)
    file = copy / "field.handouts.v1-1.gz"
    file.write_bytes(file.read_bytes()[:-9] + b"?" + file.read_bytes()[-8:])
    with pytest.raises(InfraError, match=r"field\.handouts\.v1-1\.gz is missing or damaged"):
        bring_back(target, copy)
    with pytest.raises(InfraError, match=r"The backup has 3 partitions, FIELDTALLY_PARTITIONS says 4"):
        bring_back(msgspec.structs.replace(target, partitions=4), backup)
    later = msgspec.structs.replace(archive.load(backup), generation=2**62)
    archive.save(copy, later)
    with pytest.raises(InfraError, match="the clock is not beyond it"):
        bring_back(target, copy)


def test_a_backup_goes_into_a_folder_of_its_own(place: Place, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"holds a complete backup of .*: take a folder of its own"):
        take(place.settings, backup)
    (tmp_path / "letter").write_text("of somebody else")
    with pytest.raises(InfraError, match="is not empty and no backup"):
        take(place.settings, tmp_path)
    with pytest.raises(CutOffError):
        take(place.settings, tmp_path / "new", Cut(1))
    bring_back(elsewhere(place, "renewed"), backup)
    with pytest.raises(InfraError, match="a backup that was begun of other topics than Kafka has now"):
        take(elsewhere(place, "renewed"), tmp_path / "new")


def test_offsets_without_a_record_are_filled_so_that_who_keeps_the_last_of_a_key_sees_no_difference() -> None:
    seed = random.randrange(10**6)
    rng = random.Random(seed)
    for _ in range(300):
        end = rng.randrange(1, 40)
        offsets = sorted(rng.sample(range(end), rng.randrange(0, end + 1)))
        facts = [Fact(at, at, b"k%d" % rng.randrange(5), b"v%d" % at, []) for at in offsets]
        found = list(filled(facts, end))
        if not facts:
            assert found == []
            continue
        assert [each.offset for each in found] == list(range(end)), seed
        assert [found[at] for at in offsets] == facts, seed
        assert {each.key: each.value for each in found} == {each.key: each.value for each in facts}, seed
        assert list(dict.fromkeys(each.value for each in found)) == [each.value for each in facts], seed
