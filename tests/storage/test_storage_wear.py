"""The wear of a card as the system tells it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from panocam.storage.files import LocalFiles
from panocam.storage.wear import wear_of


def system(root: Path, told: str | None, partition: bool = True) -> Path:
    """A /sys in which the device of ``root`` is a card's partition."""
    number = root.stat().st_dev
    disk = root / "sys" / "devices" / "mmcblk0"
    device = disk / "mmcblk0p1" if partition else disk
    (disk / "device").mkdir(parents=True)
    device.mkdir(exist_ok=True)
    if told is not None:
        (disk / "device" / "life_time").write_text(told)
    link = root / "sys" / "dev" / "block"
    link.mkdir(parents=True)
    (link / f"{os.major(number)}:{os.minor(number)}").symlink_to(device)
    return root / "sys"


@pytest.mark.parametrize(
    ("told", "percent"),
    [("0x01 0x03\n", 30), ("0x01 0x01\n", 10), ("0x0b 0x02", 100), ("0x00 0x00\n", None), ("", None), ("worn out", None), (None, None)],
)
@pytest.mark.parametrize("partition", [True, False])
def test_a_card_tells_how_worn_it_is(tmp_path: Path, told: str | None, percent: int | None, partition: bool) -> None:
    assert wear_of(tmp_path, system(tmp_path, told, partition)) == percent


def test_what_is_no_block_device_has_no_wear(tmp_path: Path) -> None:
    assert wear_of(tmp_path, tmp_path) is None
    assert wear_of(tmp_path / "gone") is None


def test_the_wear_is_a_fact_of_the_medium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "wear" not in LocalFiles(tmp_path).facts()
    monkeypatch.setattr("panocam.storage.files.wear_of", lambda root: 40)
    assert LocalFiles(tmp_path).facts()["wear"] == "40"
