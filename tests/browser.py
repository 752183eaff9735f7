"""A real browser for tests of pages: Debian's Chromium, driven by Playwright.

Playwright keeps an event loop running in the thread that it is used from, so it lives no longer than a file's tests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

ARGUMENTS = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]  # root has no sandbox


def chromium_path() -> str:
    """Where Debian's Chromium is."""
    found = shutil.which("chromium")
    assert found, "Chromium is missing: run infra/install tests"
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, for tests that start and kill browsers of their own."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a window; `browser.new_context()` is a visitor with empty storage."""
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    yield launched
    launched.close()
