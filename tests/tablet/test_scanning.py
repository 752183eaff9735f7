"""Scanning a household's card, with a camera that Chromium makes up.

Debian's Chromium has no BarcodeDetector, so the page is given one that reads what the test holds before the camera.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.gateway.process import UNIT
from tests.tablet.device import Device, device
from tests.tablet.network import Network
from tests.tablet.site import Site

CAMERA = "--use-fake-device-for-media-stream"
DETECTOR = """
globalThis.BarcodeDetector = class {
  async detect(video) {
    if (!video.srcObject.active || video.videoWidth === 0) throw new DOMException("no picture", "InvalidStateError");
    if (globalThis.card === "blind") throw new DOMException("no service", "NotSupportedError");
    return globalThis.card ? [{ rawValue: globalThis.card }] : [];
  }
};
globalThis.streams = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (what) => {
  const stream = await ask(what);
  streams.push(stream);
  return stream;
};
"""
HOUSEHOLD, CODE = f"household/{UNIT.replace(':', '.')}-KKVS-R", "KKVS-R"


@pytest.fixture
def scanning(playwright: Playwright, place: Site, net: Network, tmp_path: Path) -> Iterator[Device]:
    """A tablet with a camera, on the form of a household's event."""
    with device(playwright, tmp_path / "profile", CAMERA) as made:
        made.context.add_init_script(DETECTOR)
        made.enrol(net.url, place.invitation())
        made.open("account.opened")
        yield made


def scan(tablet: Device, card: str) -> None:
    """Hold a card before the camera and press Scan."""
    tablet.page.evaluate("card => { globalThis.card = card; }", card)
    tablet.page.click("[data-field=subject] button.scan >> visible=true")


def is_off(tablet: Device) -> bool:
    """Whether nothing of the camera runs or is shown."""
    expect(tablet.page.locator(".scanner")).to_have_count(0)
    return bool(tablet.page.evaluate("streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))"))


def cameras(tablet: Device) -> int:
    """How often the camera was switched on."""
    return int(tablet.page.evaluate("streams.length"))


def test_a_scanned_card_fills_the_form_and_a_wrong_one_is_told_at_once(scanning: Device, net: Network) -> None:
    scanning.context.grant_permissions(["camera"], origin=net.url)
    told = scanning.page.locator("[data-field=subject] .fault")
    scan(scanning, HOUSEHOLD.replace("KKVS-R", "KKVS-S"))
    expect(told).to_contain_text("Ký tự kiểm tra")
    scan(scanning, HOUSEHOLD.replace(UNIT[-5:], "24853"))
    expect(told).to_contain_text("đơn vị khác")
    scan(scanning, HOUSEHOLD)
    expect(told).to_be_empty()
    expect(scanning.page.locator("[name=subject]")).to_have_value(HOUSEHOLD)
    assert is_off(scanning)
    assert cameras(scanning) == 3
    scanning.fill({"subject": HOUSEHOLD})
    scanning.save()
    [event] = scanning.events()
    assert event["event"]["subject"] == HOUSEHOLD  # type: ignore[index]
    scanning.await_all("counted", 1)


def test_who_leaves_the_scanner_leaves_no_camera_on(scanning: Device, place: Site, net: Network) -> None:
    scanning.context.grant_permissions(["camera"], origin=net.url)
    for leave in ("document.querySelector('.scanner button').click()", "history.back()"):
        scan(scanning, "")
        place.until(lambda: scanning.page.evaluate("document.querySelector('.scanner video')?.videoWidth > 0"))
        assert not scanning.page.evaluate("streams.at(-1).getTracks().every((t) => t.readyState === 'ended')")
        scanning.page.evaluate(leave)
        assert is_off(scanning)
    assert cameras(scanning) == 2


def test_a_camera_that_is_denied_or_cannot_read_codes_is_told_and_the_code_can_be_typed(
    scanning: Device, net: Network
) -> None:
    scan(scanning, HOUSEHOLD)
    expect(scanning.page.locator(".toast")).to_contain_text("cho phép trong cài đặt")
    assert is_off(scanning)
    scanning.context.grant_permissions(["camera"], origin=net.url)
    scan(scanning, "blind")
    expect(scanning.page.locator(".toast")).to_contain_text("không quét được")
    assert is_off(scanning)
    scanning.fill({"subject": CODE})
    scanning.save()
    assert len(scanning.events()) == 1
