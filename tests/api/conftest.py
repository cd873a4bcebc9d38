"""The HTTP side with accounts, and as it comes from the factory."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_kit import PASSWORDS, Side, make_services, make_side, png

from panocam.clock import ManualClock
from panocam.settings import SYSTEM, Role


@pytest.fixture(scope="session")
def folder_with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deriving passwords is slow on purpose, so the three accounts are made once."""
    folder = tmp_path_factory.mktemp("accounts") / "data"

    async def fill() -> None:
        services = make_services(folder, ManualClock())
        accounts = services.accounts
        assert services.overlays
        await services.overlays.upload(png(), "logo.png")
        await services.overlays.add({"kind": "text", "identity": 1, "text": "Hall", "visible": False}, SYSTEM)
        for role in reversed(Role):
            name, password = PASSWORDS[role]
            await accounts.add(name, password, role, ptz=role is Role.ADMINISTRATOR)

    asyncio.run(fill())
    return folder


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A built web interface in miniature."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>app</title>" + "<p>hello</p>" * 50)
    (folder / "assets" / "app-1a2b3c.js").write_text("console.log('app');\n" * 100)
    (folder / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


@pytest.fixture
async def side(folder_with_accounts: Path, tmp_path: Path, static: Path) -> AsyncIterator[Side]:
    """With a viewer, an operator and an administrator."""
    shutil.copytree(folder_with_accounts, tmp_path / "data")
    made = make_side(tmp_path / "data", static)
    yield made
    made.journal.close()


@pytest.fixture
async def fresh(tmp_path: Path, static: Path) -> AsyncIterator[Side]:
    """In its factory-default state."""
    made = make_side(tmp_path / "new", static)
    yield made
    made.journal.close()
