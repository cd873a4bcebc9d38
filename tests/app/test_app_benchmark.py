"""The benchmark command really measures: a row for each codec, with numbers."""

from __future__ import annotations

import re

import pytest

from panocam import cli


def test_every_codec_is_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.cli.benchmark.SIZE", (320, 240))
    assert cli.main(["benchmark", "--rounds", "2"]) == 0
    shown = capsys.readouterr().out
    for codec in ("h264", "h265", "av1", "jpeg"):
        row = re.search(rf"warp \(\w[\w-]*\) \+ {codec} +(\d+\.\d) \+ (\d+\.\d) +(\d+)\n", shown)
        assert row, shown
        assert float(row[2]) > 0
        assert int(row[3]) > 0
