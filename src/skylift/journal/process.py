"""Tell whether the process that wrote a run still lives: a number alone is given out again."""

from __future__ import annotations

from pathlib import Path


def boot_id() -> str:
    """Return the kernel's id of this boot, or an empty string."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def started_at(pid: int) -> int:
    """Return when a process started, in clock ticks since boot (proc(5), field 22 of stat); 0 when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # The command's name, in brackets, may hold blanks and brackets itself.
    return int(stat.rpartition(")")[2].split()[19])


def alive(pid: int, pid_started: int, boot: str) -> bool:
    """Whether exactly this process runs on this machine now."""
    return bool(pid) and boot == boot_id() and started_at(pid) == pid_started != 0
