"""The camera is killed at random moments while three views are recorded; what lies on the card afterwards is whole.

A handful of kills by default, with the seed in the name of what fails; ``PANOCAM_KILLS=50`` runs fifty, ``PANOCAM_SEED`` repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from system_camera import RunningCamera, until

KILLS = int(os.environ.get("PANOCAM_KILLS", "3"))
SEED = int(os.environ.get("PANOCAM_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
VIEWS = (5, 6, 7)
LOST_S = 1.0
"""From the capture of the newest picture that is there to the kill. Pictures go to the disk in batches of half a second, so about that much
is missing at most; the rest is for the way from capture to the disk on a machine that is busy."""


def frames(path: Path) -> int:
    """What ffprobe decodes of a file; any complaint fails."""
    asked = [
        "ffprobe",
        "-v",
        "error",
        "-count_frames",
        "-select_streams",
        "v",
        "-show_entries",
        "stream=nb_read_frames",
        "-of",
        "json",
        path,
    ]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), (path, done.stderr)
    return int(json.loads(done.stdout)["streams"][0]["nb_read_frames"])


def recordings(camera: RunningCamera) -> list[dict[str, Any]]:
    return list(camera.get("/api/v1/recordings", limit=1000)["recordings"])


def pictures(camera: RunningCamera, identity: str) -> int:
    return sum(segment["pictures"] for segment in camera.get(f"/api/v1/recordings/{identity}")["segments"])


def under_way(camera: RunningCamera, wanted: int) -> list[str]:
    """The identities of the recordings that run, when each of them has so many pictures."""
    running = [row["id"] for row in recordings(camera) if row["running"]]
    return running if len(running) == len(VIEWS) and all(pictures(camera, identity) >= wanted for identity in running) else []


def check(camera: RunningCamera, card: Path, killed_at: float, ids: list[str], seen: set[Path]) -> int:
    """Everything that was found on the card after a kill; returns how many files were looked at."""
    rows = {row["id"]: row for row in recordings(camera)}
    listed: dict[str, int] = {}
    for identity in ids:
        assert not rows[identity]["running"]
        late = killed_at - datetime.fromisoformat(rows[identity]["stop"]).timestamp()
        print(f"{late:.3f} s of {identity} are missing", flush=True)
        assert late < LOST_S, f"the last {late:.2f} s of {identity} are missing"
        listed[identity] = pictures(camera, identity)
    found = dict.fromkeys(ids, 0)
    new = [path for path in sorted(card.rglob("*")) if path.is_file() and path not in seen and path.parent.name in found]
    for path in new:
        assert path.suffix == ".mkv"
        found[path.parent.name] += frames(path)
    assert found == listed, "the index says what lies there"
    seen.update(new)
    foreign = [p for p in card.rglob("*") if p.is_file() and p.suffix != ".mkv" and not p.name.startswith(".panocam-storage")]
    assert foreign == []
    return len(new)


@pytest.mark.peer("ffmpeg")
@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffmpeg is not installed")
@pytest.mark.feature("SPEC-13")
@pytest.mark.timeout(60 + 40 * KILLS)
def test_killed_at_random_moments(tmp_path: Path, clip: Path) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    card = tmp_path / "card"
    card.mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", card)
    camera.start()
    camera.create_administrator()
    stream = "resolution=320x240&videokeyframeinterval=25"
    wanted = [{"profile": n, "disk": "SD_DISK", "options": f"camera={view}&{stream}"} for n, view in enumerate(VIEWS, 1)]
    camera.change(storage__continuous=wanted)
    seen: set[Path] = set()
    files = 0
    try:
        for number in range(KILLS):
            ids = until(lambda: under_way(camera, 15), 30)
            time.sleep(chance.uniform(0, 2.5))  # the moment itself is what is tried
            killed_at = time.time()
            camera.kill()
            camera.start()
            try:
                files += check(camera, card, killed_at, ids, seen)
            except AssertionError as fault:
                raise AssertionError(f"kill {number + 1} of {KILLS}, PANOCAM_SEED={SEED}: {fault}") from fault
            print(f"kill {number + 1}: {files} files so far", flush=True)
    finally:
        camera.close()
