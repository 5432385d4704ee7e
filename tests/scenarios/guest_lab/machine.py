"""One emulated machine: QEMU with a timed console log and a control socket."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any


class Machine:
    """A guest with 128 MiB and one virtual processor, emulated, with the devices that Nova gives it."""

    def __init__(self, guest: Path, command_line: str, disk: Path, tap: int, memory_mib: int = 128) -> None:
        self.lines: list[tuple[float, str]] = []
        self._news = threading.Condition()
        control = Path(tempfile.mkdtemp()) / "qmp"
        arguments = [
            "qemu-system-x86_64", "-accel", "tcg", "-machine", "pc",
            "-m", str(memory_mib), "-smp", "1", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", str(guest / "kernel"),
            "-initrd", str(guest / "initramfs"), "-append", command_line,
            "-netdev", f"tap,id=net0,fd={tap},vhost=off",
            "-device", "virtio-net-pci,netdev=net0,mac=fa:16:3e:00:00:05,host_mtu=1442",
            "-drive", f"file={disk},format=raw,if=none,id=disk0", "-device", "virtio-blk-pci,drive=disk0",
            "-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0",
            "-vga", "virtio",
            "-serial", "stdio", "-qmp", f"unix:{control},server=on,wait=off",
        ]  # fmt: skip
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[tap]
        )
        self._control_path = control
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            line = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bc", "", raw.decode(errors="replace")).strip()
            with self._news:
                self.lines.append((time.monotonic() - self.started, line))
                self._news.notify_all()

    def wait_for(self, pattern: str, seconds: float = 60.0) -> float:
        """Seconds from the start until a console line matched; TimeoutError with the console when none did."""
        found: list[float] = []

        def look() -> bool:
            found[:] = [when for when, line in self.lines if re.search(pattern, line)]
            return bool(found)

        with self._news:
            if not self._news.wait_for(look, seconds):
                raise TimeoutError(f"no console line like {pattern!r} in {seconds} s:\n{self.console}")
        return found[0]

    @property
    def console(self) -> str:
        """The console log so far, one line of text for each line of the log."""
        return "\n".join(f"{when:7.2f} {line}" for when, line in self.lines)

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the emulator so far, all threads, user and system."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def resident_mib(self) -> float:
        """Memory that the emulator holds, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]

    def control(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        """Send QMP commands and return their answers, in order."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(self._control_path))
            stream = connection.makefile("rw")
            stream.readline()  # the greeting
            answers = []
            for command in ({"execute": "qmp_capabilities"}, *commands):
                stream.write(json.dumps(command) + "\n")
                stream.flush()
                while "event" in (answer := json.loads(stream.readline())):
                    pass
                answers.append(answer)
        return answers[1:]

    def press_power_button(self, seconds: float = 20.0) -> float:
        """Ask for a shutdown as Nova does; seconds until the emulator has ended."""
        begin = time.monotonic()
        self.control({"execute": "system_powerdown"})
        self._process.wait(seconds)
        return time.monotonic() - begin

    def kill(self) -> None:
        """End the emulator at once."""
        self._process.kill()
        self._process.wait()
