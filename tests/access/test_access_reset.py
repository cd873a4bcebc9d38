"""Factory default, killed at every single step: what is left is the camera as it was, or the default one after the next start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from panocam.access import Accounts, KeyStore
from panocam.access.reset import MARK, PLACES, Mode, ask, carry_out
from panocam.clock import ManualClock
from panocam.errors import Unavailable
from panocam.settings import DataFolder, Store

FILES = (
    "logs/system.log", "logs/audit.1.log", "logs/crash.txt", "certificates/https.pem", "certificates/more/ca.pem", "tours/1.tour",
    "overlays/logo.ovl", "verify/a.mp4", "storage/exports/x.zip", "storage/index.sqlite", "identity/video-signing.pem",
    "identity/former-1.pem", "life.json", "recordings/a.mkv", "notes.txt",
)  # fmt: skip
NOT_OURS = {"recordings/a.mkv", "notes.txt"}
ALWAYS = NOT_OURS | {"serial", "lock", "life.json"}
SOFT = {"settings.json", "storage/index.sqlite", "identity/video-signing.pem", "identity/former-1.pem"}


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    """The data folder of a camera that has been in use."""
    root = tmp_path / "old"
    folder = DataFolder(root)
    folder.lock()
    folder.unlock()
    keys = KeyStore.open(folder)
    store = Store.open(folder, keys)
    await store.patch({"network.http_port": 9000, "installation.mount": "wall", "source.password": "geheim"})
    await store.patch({"stream.gop": 5})
    accounts = Accounts.open(folder, keys, ManualClock(), store.snapshot.device.serial)
    await accounts.add_first("root", "secret")
    await accounts.update("root", comment="so that there is a last good copy")
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


KILLED = """
import os, signal, sys
from pathlib import Path
from panocam.access.reset import Mode, reset
root, mode = Path(sys.argv[1]), Mode(sys.argv[2])
import shutil
STEPS = {"open", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "shutil.rmtree"}

def once(at):
    left = at
    def hook(event, words):
        nonlocal left
        if event in STEPS and (event != "open" or (isinstance(words[0], (str, Path)) and str(root / "now") in str(words[0]))):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    reset(root / "now", mode)

at = 0
while True:
    at += 1
    shutil.copytree(root / "old", root / "now", symlinks=True)
    child = os.fork()
    if child == 0:
        once(at)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    (root / "now").rename(root / f"at-{at}")
    if os.WIFEXITED(status):
        print(at, os.WEXITSTATUS(status))
        break
"""


@pytest.mark.feature("GET-23", "GET-25", "RST-08")
@pytest.mark.parametrize("mode", Mode)
def test_killed_at_any_step_it_is_the_old_camera_or_the_default_one(old: Path, mode: Mode) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(old.parent), mode], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    steps, status = map(int, done.stdout.split())
    assert status == 0
    assert steps > 25
    before, asked_for = content(old), 0
    for at in range(1, steps + 1):
        root = old.parent / f"at-{at}"
        marked = (root / MARK).exists()
        asked_for += marked
        folder = DataFolder(root)
        done_now = carry_out(folder)  # as the next start does
        assert (done_now is not None) == marked
        after = content(root)
        if not marked and "accounts.json" in after:
            assert {name: data for name, data in after.items() if not name.startswith(".")} == before
            continue
        expected = ALWAYS | (SOFT if mode is Mode.SOFT else set())
        assert {name for name in after if not name.startswith(f".{MARK}")} == expected, f"killed at step {at}"
        assert {after[name] for name in NOT_OURS} == {name.encode() for name in NOT_OURS}
        assert after["serial"] == before["serial"]
        if mode is Mode.SOFT:
            assert json.loads(after["settings.json"])["body"]["values"] == {"network.http_port": 9000}
    assert asked_for > 20


def test_what_cannot_be_removed_is_told_and_tried_again(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(old)
    ask(folder, Mode.HARD)

    def full(path: object) -> None:
        raise OSError(13, "Permission denied", str(path))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", full)
        with pytest.raises(Unavailable, match=r"Permission denied.*not finished"):
            carry_out(folder)
    assert carry_out(folder) is Mode.HARD
    assert carry_out(folder) is None


def test_a_damaged_request_is_a_request(old: Path) -> None:
    (old / MARK).write_bytes(b"{")
    assert carry_out(DataFolder(old)) is Mode.HARD


def test_links_that_lead_out_of_the_folder_are_not_followed(old: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    (old / "logs" / "link").symlink_to(outside, target_is_directory=True)
    ask(DataFolder(old), Mode.HARD)
    carry_out(DataFolder(old))
    assert (outside / "precious").exists()
    assert not (old / "logs").exists()


def test_places_are_unique() -> None:
    assert len({place.name for place in PLACES}) == len(PLACES)
