"""The HTTP side with accounts, and as it comes from the factory."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from api_kit import PASSWORDS, Side, make_services, make_side, png

from panocam.clock import ManualClock
from panocam.settings import SYSTEM, Role


@pytest.fixture(scope="session")
def folder_with_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start leaves behind, and three accounts: keys are made and passwords derived once, for that is slow on purpose."""
    folder, pages = tmp_path_factory.mktemp("accounts") / "data", tmp_path_factory.mktemp("pages")

    async def fill() -> None:
        services = make_services(folder, ManualClock())
        accounts = services.accounts
        assert services.overlays
        await services.overlays.upload(png(), "logo.png")
        await services.overlays.add({"kind": "text", "identity": 1, "text": "Hall", "visible": False}, SYSTEM)
        for role in reversed(Role):
            name, password = PASSWORDS[role]
            await accounts.add(name, password, role, ptz=role is Role.ADMINISTRATOR)
        make_side(folder, pages).journal.close()

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(folder_with_accounts: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Side]:
    """The same for all tests of a file that change nothing: they are refused."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(folder_with_accounts, folder / "data")
    (folder / "static").mkdir()
    (folder / "static" / "index.html").write_text("<!doctype html><title>app</title>")
    made = make_side(folder / "data", folder / "static")
    yield made
    made.journal.close()


@pytest.fixture
async def fresh(tmp_path: Path, static: Path) -> AsyncIterator[Side]:
    """In its factory-default state."""
    made = make_side(tmp_path / "new", static)
    yield made
    made.journal.close()
