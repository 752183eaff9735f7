"""Rejected events mended on the board by who has the operator's token, in a real browser, with a running counter."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from playwright.sync_api import Browser, expect

from infra.stack import Stack
from producers.publisher import Publisher
from producers.simulator import Record
from schemas.rejected import Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import REJECTED
from tests.mend import site
from tests.mend.board import TOKEN, WHO, Operator, ask, board, with_board
from tests.mend.log import reject
from tests.mend.poison import CONFLICT, Stream, kinds_of, stream
from tests.mend.site import await_counted, ends, play, service, until
from tests.mend.test_mending import KEY, TOPIC, written
from tests.mend.test_poison import DROPPED, LOADED, NEW_UNIT, REPLAYED, UNIT, expected, patch_of

PHONE = 360
ON_PAGE = ("undecodable", "out-of-range")
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def settings(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with a running counter and a board."""
    folder, prefix = tmp_path_factory.mktemp("board"), f"board{os.getpid()}."
    made = with_board(stack.addresses.bootstrap, prefix, folder)
    with service("counter", made, folder), board(made, folder):
        yield made
    with closing(KafkaAdminClient(bootstrap_servers=stack.addresses.bootstrap)) as admin:
        admin.delete_topics([name for name in admin.list_topics() if name.startswith(prefix)])


def mend(operator: Operator, played: Stream, commands: site.Operator, folder: Path) -> None:
    """Everything that an operator does about this stream, on the page."""
    for reason, origins in kinds_of(played).items():
        if reason == LOADED:  # the counter itself sends it back then
            (folder / "unit.csv").write_text(NEW_UNIT)
            commands("places", "load", str(folder / "unit.csv"))
            continue
        if reason in REPLAYED:
            operator.go_to("reason", reason)
            operator.order("replay-all")
            operator.do()
            continue
        for origin in origins:
            if reason not in (*ON_PAGE, DROPPED, CONFLICT):  # what the page would send; so the test takes less time
                order = {"order": "fix", "origin": origin, "patch": json.dumps(patch_of(played.poison[origin])), **WHO}
                assert ask(commands.settings, "/rejected/do", order).last["sent"] == 1
                continue
            operator.go_to("event", origin)
            if reason == DROPPED:
                operator.order("drop", "not-an-event")
            elif reason == CONFLICT:
                operator.order("fix", "another-event")
            else:
                operator.order("fix", patch=patch_of(played.poison[origin]))
            operator.do()


def test_each_kind_of_poison_is_found_mended_or_dropped_on_the_page_and_counted_once(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    played, commands = stream(seed), site.Operator(settings)
    play(settings, played.records)
    await_counted(settings, *expected(played.records))
    until(lambda: played.poison.keys() <= {each["origin"] for each in commands.rejected()} or None, "all is rejected")
    operator = Operator(browser, settings, PHONE)
    operator.enter()
    for reason in kinds_of(played):
        expect(operator.page.locator(f'#groups [data-reason="{reason}"] b')).to_have_text("1")
    assert operator.fits()

    mend(operator, played, commands, tmp_path)
    gone = {id(each.meant) for each in played.poison.values() if each.reason in (DROPPED, LOADED)}
    wanted = [each for each in played.clean if id(each) not in gone]
    wanted += [each.came for each in played.poison.values() if each.reason == LOADED]
    await_counted(settings, *expected(wanted, UNIT))
    found = {each["origin"]: each for each in commands.rejected()}
    for origin, poison in played.poison.items():
        assert found[origin]["standing"] == ("dropped" if poison.reason == DROPPED else "mended"), poison.reason
        assert found[origin]["by"] == ("" if poison.reason == LOADED else "ops.lan")
    assert operator.errors == []


def test_a_try_sends_nothing_and_says_in_both_languages_what_would_still_be_refused(
    browser: Browser, settings: Settings
) -> None:
    origin = reject(settings, 10**6, "revoked-tablet", written(seq=900, skewms=2**60))
    before = ends(settings)
    operator = Operator(browser, settings, PHONE)
    operator.enter()
    operator.go_to("event", origin)
    operator.order("fix")
    outcome = operator.page.locator("#outcome")
    expect(outcome).to_contain_text("Vẫn sẽ bị từ chối ở $.skewms: giá trị ngoài giới hạn")
    expect(outcome).to_contain_text("would be rejected again")
    operator.page.fill("#path", "/skewms")
    operator.page.fill("#new", "0")
    operator.page.click("#add")
    operator.page.click("#try")
    expect(outcome).to_contain_text(f"Hợp lệ, sẽ gửi tới {TOPIC}")
    assert operator.fits()
    assert ends(settings) == before
    assert ask(settings, "/rejected/one", {"origin": origin}).json["line"]["standing"] == "open"


def test_without_the_token_nothing_of_an_event_is_told_and_a_wrong_one_is_said_to_be_wrong(
    browser: Browser, settings: Settings
) -> None:
    origin = reject(settings, 10**6 + 1, "revoked-tablet", written(seq=901))
    orders = {"order": "drop", "origin": origin, **WHO}
    asked = {"groups": {}, "list": {"reason": "revoked-tablet"}, "one": {"origin": origin}, "try": orders, "do": orders}
    for name, body in asked.items():
        for token in ("", TOKEN[:-1], f"{TOKEN}0"):
            answer = ask(settings, f"/rejected/{name}", body, token=token, address=f"127.0.1.{len(name)}")
            assert (answer.status, set(answer.json)) == (401, {"type", "vi", "en"})
        assert ask(settings, f"/rejected/{name}?token={TOKEN}", method="GET", token="").status == 405
    assert ask(settings, "/rejected/one", {"origin": origin}).json["line"]["standing"] == "open"

    operator = Operator(browser, settings)
    operator.enter("a wrong one".replace(" ", "-"))
    expect(operator.said).to_contain_text("Mã không đúng. The token is wrong.")
    expect(operator.page.locator("#login")).to_be_visible()
    operator.enter()
    expect(operator.page.locator("#groups")).to_contain_text("revoked-tablet")
    assert TOKEN not in operator.page.url
    operator.page.click("#leave")
    operator.page.reload()
    expect(operator.page.locator("#login")).to_be_visible()


def test_who_tries_many_wrong_tokens_has_to_wait_and_others_do_not(settings: Settings) -> None:
    wrong = [ask(settings, "/rejected/groups", token=f"{at}", address="127.0.2.1").status for at in range(12)]
    assert (wrong[0], wrong[-1]) == (401, 429)
    assert ask(settings, "/rejected/groups", address="127.0.2.1").status == 429
    assert ask(settings, "/rejected/groups").status == 200


@pytest.mark.parametrize(("headers", "status"), [
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Sec_Fetch_Site": "cross-site"}, 403),
    ({"Origin": "http://["}, 403), ({"Host": "evil.example"}, 421), ({"Host": "evil.example:8088"}, 421),
    ({"Content_Type": "text/plain"}, 415), ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
])  # fmt: skip
def test_what_another_page_or_another_name_asks_is_refused_though_the_token_is_right(
    settings: Settings, headers: dict[str, str], status: int
) -> None:
    answer = ask(settings, "/rejected/one", {"origin": "field.outreach.v1:0:0"}, **headers)
    assert answer.status == status
    assert "line" not in answer.text


@pytest.mark.parametrize("body", [
    {"origin": "../../../etc/passwd"}, {"origin": "field.outreach.v1:0:0/.."}, {"origin": 5}, {},
    {"origin": "field.outreach.v1:0:0", "x": 1},
    b"no json", b"[" * 100_000, b"\xff", b'"' + b"x" * 300_000 + b'"',
])  # fmt: skip
def test_a_body_that_is_no_question_of_the_page_is_a_sentence(settings: Settings, body: object) -> None:
    answer = ask(settings, "/rejected/one", body)
    assert (answer.status, answer.json["type"]) == (400, "fault")


def test_what_cannot_be_done_is_a_sentence(settings: Settings) -> None:
    order = {"order": "replay", "origin": "field.outreach.v1:0:99999999"}
    for changed, words in (({}, "is no rejected event"), ({"by": "Lan Nguyễn"}, "is an account such as"),
                           ({"why": "because"}, "is no code")):  # fmt: skip
        for name in ("try", "do"):
            answer = ask(settings, f"/rejected/{name}", WHO | order | changed)
            assert (answer.status, words in answer.json["en"]) == (422, True), answer


def test_markup_in_what_was_rejected_stays_text(browser: Browser, settings: Settings) -> None:
    origin = Origin(f"{TOPIC}{MARKUP}", 1, 3)
    value = written(**{MARKUP: MARKUP, "data": {"leaflet": MARKUP}})
    with Publisher(settings) as publisher:
        headers = rejected_headers(origin, KEY, Refusal(MARKUP, MARKUP, MARKUP), [(MARKUP, MARKUP.encode())])
        publisher.send(Record(REJECTED, origin.key(), value, 1, headers, ""))
        safe = Origin(TOPIC, 1, 10**6 + 2)
        headers = rejected_headers(safe, MARKUP.encode(), Refusal("undecodable", MARKUP, MARKUP), headers[:1])
        publisher.send(Record(REJECTED, safe.key(), value, 1, headers, ""))
    operator = Operator(browser, settings, PHONE)
    operator.enter()
    row = operator.page.locator("#groups a", has_text=MARKUP)
    expect(row).to_be_visible()
    row.click()
    expect(operator.page.locator("#events")).to_contain_text(MARKUP)
    assert operator.fits()
    operator.go_to("event", safe.key().decode())
    expect(operator.page.locator("#view dl")).to_contain_text(MARKUP)
    assert operator.fits()
    assert operator.page.locator("img").count() == 0
    assert operator.errors == []
