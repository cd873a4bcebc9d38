"""Exit status 0 when the camera whose ready file is named answers that it is up: the health check of the container."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path

ASK = b'{"apiVersion": "1.0", "method": "systemready", "params": {"timeout": 1}}'


def main(ready_file: str) -> int:
    """Ask ``systemready`` over the port that is open; a certificate of the camera's own making is taken."""
    addresses = json.loads(Path(ready_file).read_text())
    url = addresses.get("http") or addresses["https"]
    return 0 if ask(url + "axis-cgi/systemready.cgi") == "yes" else 1


def ask(url: str, elsewhere: bool = True) -> str:
    """What the camera says of itself; where HTTPS alone is allowed by now, it says where to ask. Raises OSError, ValueError, KeyError."""
    context = ssl._create_unverified_context() if url.startswith("https") else None
    try:
        with urllib.request.urlopen(url, ASK, timeout=5, context=context) as reply:
            return str(json.load(reply)["data"]["systemready"])
    except urllib.error.HTTPError as led:
        if led.code not in (307, 308) or not elsewhere:
            raise
        return ask(led.headers["Location"], elsewhere=False)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except (OSError, ValueError, KeyError) as fault:
        sys.exit(f"not healthy: {fault}")
