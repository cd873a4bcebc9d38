"""Who stands in front of the browser, what the camera looks at, and what it is set to before each test."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Awaitable, Callable

import cv2
import numpy as np
import pytest
from camera_process import ADMIN, PASSWORD

playwright_api = pytest.importorskip("playwright.async_api", reason="the playwright package drives the browser and is missing")

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The same engine; the first one does without the windows, tabs and menus that nobody sees, and takes half the time."""
CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
SIDE = 960
LIVE_MS = 15_000

DEFAULTS = {
    "installation.mount": "ceiling",
    "installation.roll": 0,
    "installation.power_line": 50,
    "installation.quad_order": [1, 2, 3, 4],
    "installation.quad_eye": False,
    "stream.codec": "h264",
    "stream.compression": 30,
    "stream.fps": 10,
    "device.name": "Panoramic camera",
    "exposure.mode": "automatic",
    "exposure.max_gain": 36,
    "exposure.min_gain": 0,
    "exposure.min_shutter": "1/32500",
    "image.white_balance_window": None,
    "exposure.zones": [],
    "overlays.items": [],
    "privacy.masks": [],
    "ptz.queue": False,
    "ptz.zones": [],
    **{f"ptz.movement.{area}.{axis}": True for area in range(4) for axis in ("pan", "tilt", "zoom")},
    **{f"ptz.movement.{area}.freeze": False for area in range(4)},
    "privacy.enabled": True,
    "privacy.color": "grey",
    **{f"areas.{area}.{part}": None for area in range(4) for part in ("pan", "tilt", "hfov")},
}


def fisheye() -> np.ndarray:
    """A disc whose hue tells the direction and whose brightness the angle off the axis, so that no two directions look alike."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] - (SIDE - 1) / 2
    radius, hue = np.hypot(x, y) / (SIDE / 2), (np.degrees(np.arctan2(y, x)) % 360) / 2
    rings = np.where((radius * 12).astype(int) % 2, 60, 0)
    hsv = np.stack((hue, np.full_like(hue, 190), np.clip(120 + 60 * radius + rings, 0, 255)), axis=-1).astype(np.uint8)
    picture = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    picture[radius > 1] = 0
    return picture


class Visitor:
    """Somebody in front of a browser. ``page`` is the page; errors that it logs fail the test."""

    def __init__(self, page: playwright_api.Page, base: str) -> None:
        self.page, self.base = page, base
        self.errors: list[str] = []
        self.canvas = page.get_by_test_id("live")
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(LIVE_MS)
        playwright_api.expect.set_options(timeout=LIVE_MS)

    async def log_in(self, name: str = ADMIN, password: str = PASSWORD) -> None:
        """By the API, for tests that are about something else."""
        reply = await self.page.request.post(f"{self.base}/api/v1/login", data={"username": name, "password": password})
        assert reply.ok, await reply.text()

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.base + path)

    def field(self, label: str) -> playwright_api.Locator:
        """An input by its whole label; required ones have an asterisk behind it."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$"))

    async def shots(self, name: str) -> None:
        """Pictures of the page for people, where a folder for them is named."""
        folder = os.environ.get("PANOCAM_TEST_SHOTS")
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)) if folder else ():
            await self.page.set_viewport_size({"width": width, "height": 1000})
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.wait_for_timeout(300)  # colours change in steps
            await self.page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)
        await self.page.set_viewport_size({"width": 1280, "height": 800})

    async def pictures(self) -> int:
        return int(await self.canvas.get_attribute("data-pictures") or 0)

    async def watching(self, more: int = 2) -> None:
        """Wait until further pictures have been drawn."""
        before = await self.pictures() if await self.canvas.count() else 0
        await eventually(lambda: self._has(before + more), f"{more} pictures after the first {before}")

    async def _has(self, count: int) -> bool:
        return await self.canvas.count() > 0 and await self.pictures() >= count

    async def choose(self, view: int) -> None:
        """A view from the chooser; returns when its first picture is there."""
        await self.page.get_by_test_id("view").click()
        await self.page.locator(f"button[data-view='{view}']").click()
        await playwright_api.expect(self.canvas).to_have_attribute("data-view", str(view))

    async def looks(self) -> np.ndarray:
        """The canvas on a grid of 16 by 12 points, RGB."""
        values = await self.page.evaluate(
            """() => { const canvas = document.querySelector('[data-testid=live]'), brush = canvas.getContext('2d'), found = [];
            for (let row = 0; row < 12; row++) for (let column = 0; column < 16; column++)
              found.push(...brush.getImageData((column + .5) * canvas.width / 16, (row + .5) * canvas.height / 12, 1, 1).data.slice(0, 3));
            return found; }"""
        )
        return np.array(values, float).reshape(12, 16, 3)

    async def changes_from(self, before: np.ndarray, by: float = 8) -> None:
        """Wait until the canvas shows something different: its points by that many of 255 levels in the mean."""

        async def differs() -> bool:
            now = await self.looks()
            return bool(np.abs(now - before).mean() > by)

        await eventually(differs, "another picture on the canvas")

    async def drag_by_touch(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """One finger, from a point of the screen to another."""
        session = await self.page.context.new_cdp_session(self.page)
        for kind, part in (("touchStart", 0.0), ("touchMove", 0.3), ("touchMove", 0.7), ("touchMove", 1.0)):
            x, y = (a + part * (b - a) for a, b in zip(start, end, strict=True))
            await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def spot(self, locator: playwright_api.Locator) -> tuple[float, float]:
        """The middle of an element on the screen."""
        await locator.scroll_into_view_if_needed()
        box = await locator.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def settled(self) -> np.ndarray:
        """What the canvas shows once two further pictures have been drawn."""
        await self.watching()
        return await self.looks()

    async def middle(self) -> tuple[float, float, float, float]:
        """The middle of the canvas on the screen, and its width and height."""
        box = await self.canvas.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"], box["height"]


async def eventually(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 15) -> None:
    """Wait for a condition of another process, with a deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, f"never came: {what}"
        await asyncio.sleep(0.03)
