"""The NEON kernels against the plain ones, byte for byte, on an emulated processor. Where there is a real one, the tests beside do it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = Path(__file__).parents[2] / "native"
COMPILER, EMULATOR = "aarch64-linux-gnu-g++", "qemu-aarch64"
MISSING = [name for name in (COMPILER, EMULATOR, "cmake") if shutil.which(name) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: g++-aarch64-linux-gnu, qemu-user, cmake; 320 MB)")
@pytest.mark.skipif(platform.machine() in ("aarch64", "arm64"), reason="this processor has NEON itself")
def test_neon_writes_the_bytes_of_the_plain_kernels(tmp_path: Path) -> None:
    """Warp and picture adjustment, on hostile meshes, tiny and odd pictures and padded rows."""
    cross = [
        "-DCMAKE_SYSTEM_NAME=Linux",
        "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
        f"-DCMAKE_CXX_COMPILER={COMPILER}",
        "-DCMAKE_EXE_LINKER_FLAGS=-static",
    ]
    _run("cmake", "-S", NATIVE, "-B", tmp_path, "-DPANOCAM_FUZZ=ON", *cross)
    _run("cmake", "--build", tmp_path, "--parallel", "2")
    for program, rounds in (("warp_fuzz", 300), ("develop_fuzz", 60)):
        said = _run(EMULATOR, tmp_path / program, str(rounds))
        assert said.split(":")[1].split() == ["neon", "c++"], said


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
