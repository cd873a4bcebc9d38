"""Exit status 0 when the camera whose ready file is named answers that it is up: the health check of the container."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.request
from pathlib import Path

ASK = b'{"apiVersion": "1.0", "method": "systemready", "params": {"timeout": 1}}'


def main(ready_file: str) -> int:
    """Ask ``systemready`` over the port that is open; a certificate of the camera's own making is taken."""
    addresses = json.loads(Path(ready_file).read_text())
    url = addresses.get("http") or addresses["https"]
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(
        url + "axis-cgi/systemready.cgi", ASK, timeout=5, context=context if url.startswith("https") else None
    ) as reply:
        ready: str = json.load(reply)["data"]["systemready"]
    return 0 if ready == "yes" else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except (OSError, ValueError, KeyError) as fault:
        sys.exit(f"not healthy: {fault}")
