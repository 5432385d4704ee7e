"""Run inside the probe container, where only Python's own library is: asks addresses, serves a page, relays.

``serve PORT``: JSON requests on standard input, one a line, answered in any order on standard output:
``{"id", "op": "get", "url", "timeout", "count"}`` → ``{"id", "answers": [{"status", "body", "error"}]}`` with
``count`` requests side by side, each from a port of its own; ``{"id", "op": "page", "text"}`` serves the text at PORT
from then on; ``{"id", "op": "visitors"}`` → ``{"id", "visitors": [address]}``. The end of the input ends it.
``relay HOST PORT``: a TCP connection on standard input and output.
"""

from __future__ import annotations

import http.client
import http.server
import json
import os
import socket
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

_LIMIT = 65536
_lock = threading.Lock()
_page = ""
_visitors: list[str] = []


def answer(value: dict[str, Any]) -> None:
    """Write one line, whole."""
    line = json.dumps(value).encode() + b"\n"
    with _lock:
        os.write(1, line) if len(line) <= _LIMIT else _write(line)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def get(url: str, timeout: float) -> dict[str, Any]:
    """Return status and body of one GET, or the error; ``timeout`` seconds bound the connection and each read."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        response = connection.getresponse()
        return {"status": response.status, "body": response.read(_LIMIT // 2).decode("utf-8", "replace"), "error": ""}
    except socket.timeout:  # noqa: UP041 - the image's Python may be older than the machine's
        return {"status": 0, "body": "", "error": f"no answer in {timeout:g} s"}
    except (OSError, http.client.HTTPException) as error:
        return {"status": 0, "body": "", "error": str(error) or type(error).__name__}
    finally:
        connection.close()


def perform(request: dict[str, Any]) -> None:
    """Carry out one request and answer it."""
    global _page
    operation, number = request["op"], request["id"]
    if operation == "get":
        found: list[dict[str, Any]] = [{}] * request.get("count", 1)

        def one(index: int) -> None:
            found[index] = get(request["url"], request["timeout"])

        threads = [threading.Thread(target=one, args=(index,)) for index in range(len(found))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answer({"id": number, "answers": found})
    elif operation == "page":
        _page = request["text"]
        answer({"id": number})
    elif operation == "visitors":
        answer({"id": number, "visitors": list(_visitors)})
    else:
        answer({"id": number, "failure": f"unknown operation {operation}"})


class Page(http.server.BaseHTTPRequestHandler):
    """The page that guests fetch, and a note of who did."""

    def do_GET(self) -> None:
        """Serve the text, whatever the path."""
        _visitors.append(self.client_address[0])
        body = _page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: standard output is for answers."""


def serve(port: int) -> None:
    """Answer requests until the input ends."""
    server = http.server.ThreadingHTTPServer(("0.0.0.0", port), Page)  # noqa: S104 - guests come from outside
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer({"id": 0})
    for line in sys.stdin:
        threading.Thread(target=perform, args=(json.loads(line),), daemon=True).start()


def relay(host: str, port: int) -> None:
    """Pass bytes between standard input and output and a TCP connection until either side ends."""
    connection = socket.create_connection((host, port), timeout=10)
    connection.settimeout(None)

    def outward() -> None:
        while data := os.read(0, _LIMIT):
            connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)

    threading.Thread(target=outward, daemon=True).start()
    while data := connection.recv(_LIMIT):
        _write(data)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        relay(sys.argv[2], int(sys.argv[3]))
    # Threads may still wait for an address that does not answer.
    os._exit(0)
