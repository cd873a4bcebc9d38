"""A process is killed while it brings recordings back to their disk; every picture is there once, whatever the moment."""

from __future__ import annotations

import os
import random
from pathlib import Path

import homes_kit
import pytest
from homes_kit import Homes, strayed
from kill_kit import killed_while

SEED = int(os.environ.get("PANOCAM_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
KILLS = 8


def segments(root: Path) -> list[Path]:
    """Also what was being copied."""
    return list(root.rglob("*.mkv*"))


@pytest.mark.feature("GAP-19")
@pytest.mark.parametrize("lost_index", [False, True])
async def test_a_process_killed_while_it_back_fills_loses_and_doubles_nothing(tmp_path: Path, lost_index: bool) -> None:
    chance = random.Random(SEED)
    identity, wanted = await strayed(tmp_path)
    steps = 2 * sum(path.stat().st_size for path in segments(tmp_path)) // 500 + 12
    for number in range(KILLS):
        killed_while(homes_kit.__file__, tmp_path, chance.randrange(steps))
        if lost_index:
            (tmp_path / "index.sqlite").unlink()
        async with Homes(tmp_path) as homes:
            back = [packet.data for packet, _ in homes.library.packets(identity)]
            assert back == wanted, f"whole after kill {number + 1}, PANOCAM_SEED={SEED}"
            assert len(homes.index.segments(identity)) == 1
    assert not killed_while(homes_kit.__file__, tmp_path, 10**6)
    async with Homes(tmp_path) as homes:
        assert [packet.data for packet, _ in homes.library.packets(identity)] == wanted
    files = [path.relative_to(tmp_path).parts[0] for path in segments(tmp_path)]
    assert files == ["NetworkShare"], f"once, PANOCAM_SEED={SEED}"
