"""The signing key in a TPM 2.0: Debian's PKCS#11 library for TPMs against a TPM made of software."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_der_public_key
from signing_kit import TOKEN_USER

from panocam.access.signing_key import Protection

MODULE = next(iter(Path("/usr/lib").glob("*/libtpm2_pkcs11.so.1")), None)
TOOLS = ("swtpm", "tpm2_flushcontext", "pkcs11-tool")
DIGEST = sha256(b"a group of pictures").digest()


@pytest.fixture
def tpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A TPM at a socket, with a token ``camera`` in it; gives its address as the TPM tools want it."""
    if not (MODULE and all(shutil.which(tool) for tool in TOOLS) and importlib.util.find_spec("pkcs11")):
        pytest.skip("needs swtpm, tpm2-tools, libtpm2-pkcs11-1, opensc and the package python-pkcs11")
    state, store, socket = tmp_path / "state", tmp_path / "store", tmp_path / "tpm"
    state.mkdir()
    store.mkdir()
    places = ["--tpmstate", f"dir={state}", "--server", f"type=unixio,path={socket}", "--ctrl", f"type=unixio,path={socket}.ctrl"]
    command = ["swtpm", "socket", "--tpm2", *places, "--flags", "not-need-init,startup-clear", "--daemon", "--pid", f"file={tmp_path}/pid"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    address = f"swtpm:path={socket}"
    monkeypatch.setenv("TPM2_PKCS11_STORE", str(store))
    monkeypatch.setenv("TPM2_PKCS11_TCTI", address)
    tool = ["pkcs11-tool", "--module", str(MODULE), "--so-pin", "12345678"]
    try:
        for asked in (["--slot-index", "0", "--init-token", "--label", "camera"],
                      ["--token-label", "camera", "--login", "--login-type", "so", "--init-pin", "--pin", "4711"]):  # fmt: skip
            subprocess.run([*tool, *asked], check=True, capture_output=True, timeout=60)
        yield address
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 15)


def use(tpm: str) -> list[str]:
    """What a process says that uses the token. The kernel takes back what processes leave in a real TPM; this one has nobody who does."""
    subprocess.run(["tpm2_flushcontext", "-T", tpm, "-t"], check=True, capture_output=True, timeout=60)
    command = [sys.executable, "-c", TOKEN_USER, str(MODULE), "camera", "4711", DIGEST.hex()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.feature("SIG-06")
@pytest.mark.peer("swtpm")
def test_a_key_in_a_tpm_signs_and_does_not_leave_it(tpm: str) -> None:
    refused, lines = (found := use(tpm))[:3], found[3:]
    assert all(line.startswith("refused: PKCS#11 token") for line in refused)
    assert lines[0] == f"PKCS#11 token camera|{Protection.TOKEN}"
    public = load_der_public_key(bytes.fromhex(lines[2]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(bytes.fromhex(lines[1]), DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))
    assert lines[3] == "False True"
    assert lines[4] != "given out"
    assert use(tpm)[5] == lines[2], "made once"
