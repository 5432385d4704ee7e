"""Serve one emulated guest over standard input and output: a JSON command a line, a JSON answer a line.

Runs inside a container that has QEMU (`python3 /lab FOLDER`, with NET_ADMIN and /dev/net/tun); needs nothing but
the standard library. FOLDER holds kernel, initramfs and root of the guest image, and gets the socket
`ssh` that leads to the guest's ssh server. A failed command answers `{"error": ...}`.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from machine import Machine
from network import GUEST, DhcpServer, Metadata, open_tap, serve_metadata


class Lab:
    """The commands; each method is one, its keyword arguments are those of the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.disk = Path("/tmp/disk")
        self.tap = open_tap()
        self.dhcp = DhcpServer()
        self.dhcp.start()
        self.metadata = Metadata()
        self.machine: Machine | None = None
        serve_metadata(lambda path: self.metadata.answer(path))
        threading.Thread(target=self._relay_ssh, daemon=True).start()

    def boot(self, documents: dict[str, str], silent_for: float, command_line: str, keep_disk: bool = False) -> None:
        """Start a guest; the metadata service answers with errors for `silent_for` seconds first."""
        self.kill()
        if not keep_disk:
            shutil.copy(self.folder / "root", self.disk)
        self.metadata = Metadata(documents, silent_for)
        self.machine = Machine(self.folder, command_line, self.disk, self.tap)

    def wait(self, pattern: str, seconds: float = 60.0) -> float:
        """Seconds from power-on until a console line matched."""
        return self._guest.wait_for(pattern, seconds)

    def console(self) -> list[str]:
        """The lines of the console log."""
        return [line for _, line in self._guest.lines]

    def figures(self) -> dict[str, float]:
        """What the guest has cost so far."""
        return {"cpu_seconds": self._guest.cpu_seconds, "resident_mib": self._guest.resident_mib}

    def http(self, path: str, seconds: float = 10.0) -> dict[str, Any]:
        """One request to the guest's web server; refused connections are tried again until the time is over."""
        end = time.monotonic() + seconds
        while True:
            try:
                connection = http.client.HTTPConnection(GUEST, 80, timeout=seconds)
                connection.request("GET", path)
                answer = connection.getresponse()
                return {"status": answer.status, "body": answer.read().decode()}
            except ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def answer_now(self) -> None:
        """Let a silent metadata service answer from now on."""
        self.metadata.silent_for = 0.0

    def asked(self) -> dict[str, Any]:
        """What the guest has asked for: DHCP option codes, and paths of the metadata service."""
        return {"options": self.dhcp.requested_options, "paths": [path for _, path, _ in self.metadata.requests]}

    def plug_disk(self, mib: int) -> list[dict[str, Any]]:
        """Attach a disk to the running guest, as Nova attaches a volume; the answers of QEMU."""
        image = Path("/tmp/volume")
        image.unlink(missing_ok=True)
        image.touch()
        with image.open("wb") as file:
            file.truncate(mib << 20)
        node = {"node-name": "volume", "driver": "raw", "file": {"driver": "file", "filename": str(image)}}
        return self._guest.control(
            {"execute": "blockdev-add", "arguments": node},
            {"execute": "device_add", "arguments": {"driver": "virtio-blk-pci", "drive": "volume", "id": "volume"}},
        )

    def press_power_button(self) -> float:
        """Seconds from the button to the end of the machine."""
        return self._guest.press_power_button()

    def kill(self) -> None:
        """End the guest, if one runs."""
        if self.machine is not None:
            self.machine.kill()
            self.machine = None

    @property
    def _guest(self) -> Machine:
        if self.machine is None:
            raise RuntimeError("no guest runs")
        return self.machine

    def _relay_ssh(self) -> None:
        path = self.folder / "ssh"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()
        while True:
            client, _ = listener.accept()
            try:
                guest = socket.create_connection((GUEST, 22), 10)
            except OSError:
                client.close()
                continue
            for source, target in ((client, guest), (guest, client)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()
        target.close()


def main() -> None:
    """Answer commands until standard input ends; a guest that still runs is ended then."""
    lab = Lab(Path(sys.argv[1]))
    try:
        for line in sys.stdin:
            command = json.loads(line)
            try:
                answer = {"answer": getattr(lab, command["do"])(**command["with"])}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    finally:
        lab.kill()


main()
