"""The guest image, booted for real: one emulated machine with a network, a DHCP server and a metadata service.

The machine runs in a container of an image that has QEMU, the way Nova starts it. SKYLIFT_TEST_QEMU_IMAGE and
SKYLIFT_TEST_GUEST_IMAGE name other images than the project's own; SKYLIFT_TEST_GUEST_FOLDER names a folder with a
guest image that build.sh has just written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from skylift.images import Source

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

HERE = Path(__file__).parent
IMAGE_FOLDER = HERE.parents[1] / "images" / "skylift-tiny"
QEMU_IMAGE = os.environ.get("SKYLIFT_TEST_QEMU_IMAGE", Source().reference("nova-libvirt"))
GUEST_IMAGE = os.environ.get("SKYLIFT_TEST_GUEST_IMAGE", Source().reference("skylift-tiny"))
# Emulated, on a machine that may be busy with a whole cloud. Alone it takes three or four.
BOOT_SECONDS = 20.0

USER_DATA = """#!/bin/sh
echo hello from user-data
cat >/www/cgi-bin/who <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n%s %s\\n' "$(hostname)" "$(id -un)"
wget -q -O - http://169.254.169.254/latest/meta-data/instance-id
CGI
chmod 755 /www/cgi-bin/who
"""


class Guest:
    """Calls into the lab: `guest.do("wait", pattern="ready")`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self.folder = folder

    def do(self, command: str, **arguments: Any) -> Any:
        """Run one command of the lab and return its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": command, "with": arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the lab has ended"}')
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    @contextmanager
    def boot(self, documents: dict[str, str], silent_for: float = 0.0, keep_disk: bool = False) -> Iterator[None]:
        """A guest that runs as long as the block, with the command line of properties.json."""
        disk = json.loads((IMAGE_FOLDER / "properties.json").read_text())["images"][-1]
        line = disk["properties"]["os_command_line"]
        self.do("boot", documents=documents, silent_for=silent_for, command_line=line, keep_disk=keep_disk)
        try:
            yield
        finally:
            self.do("kill")

    def connect_ssh(self) -> socket.socket:
        """A connection to the guest's ssh server, through the lab's socket."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.folder / "ssh"))
        return connection

    async def ssh(self, key: asyncssh.SSHKey, command: str, user: str = "root") -> str:
        """Standard output of a command on the guest."""
        async with asyncssh.connect("guest", sock=self.connect_ssh(), **_login(user, key)) as connection:
            result = await connection.run(command, check=True, timeout=20)
            return str(result.stdout)


def _login(user: str, key: asyncssh.SSHKey) -> dict[str, Any]:
    return {"username": user, "client_keys": [key], "known_hosts": None, "config": None, "agent_path": None}


def _documents(name: str, key: asyncssh.SSHKey | None = None, user_data: str | None = None) -> dict[str, str]:
    documents = {"latest/meta-data/instance-id": "i-00000007", "latest/meta-data/local-hostname": f"{name}.novalocal"}
    if key is not None:
        documents["latest/meta-data/public-keys/0/openssh-key"] = key.export_public_key().decode()
    if user_data is not None:
        documents["latest/user-data"] = user_data
    return documents


@pytest.fixture(scope="module")
def key() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    folder = tmp_path_factory.mktemp("guest")
    built = os.environ.get("SKYLIFT_TEST_GUEST_FOLDER")
    if built:
        for name in ("kernel", "initramfs", "root"):
            shutil.copy(Path(built) / name, folder)
    else:
        made = _docker("create", "--entrypoint", "/none", GUEST_IMAGE)
        try:
            _docker("cp", f"{made}:/usr/share/skylift/guest/.", str(folder))
        finally:
            _docker("rm", "--force", made)
    command = ["docker", "run", "--rm", "--interactive", "--network=none", "--cap-add=NET_ADMIN", "--user=0"]
    command += ["--device=/dev/net/tun", f"--volume={HERE / 'guest_lab'}:/lab:ro", f"--volume={folder}:/guest"]
    command += ["--entrypoint=python3", QEMU_IMAGE, "-B", "/lab", "/guest"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Guest(process, folder)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def booted(guest: Guest, key: asyncssh.SSHKey) -> Iterator[Guest]:
    """A guest with everything: a key, and user-data that installs a CGI script."""
    with guest.boot(_documents("vm1", key, USER_DATA)):
        guest.do("wait", pattern="skylift-tiny: ready", seconds=60)
        yield guest


def test_boots_in_seconds(booted: Guest, record_testsuite_property: Any) -> None:
    names = ("booting", "address", "metadata ok", "user-data ok", "ready")
    times = {name: booted.do("wait", pattern=f"^skylift-tiny: {name}") for name in names}
    figures = booted.do("figures")
    record_testsuite_property("seconds", times)
    record_testsuite_property("figures", figures)
    assert list(times.values()) == sorted(times.values()), "the markers come in their order"
    assert times["ready"] < BOOT_SECONDS


def test_console_says_who_and_where_and_offers_no_login(booted: Guest) -> None:
    console = "\n".join(booted.do("console"))
    assert "skylift-tiny: address 10.1.0.5 (eth0, /24, router 10.1.0.1, mtu 1442)" in console
    assert "skylift-tiny: metadata ok instance-id i-00000007 hostname vm1 ssh-key yes" in console
    assert re.search(r"^hello from user-data$", console, re.MULTILINE)
    assert "login:" not in console


def test_web_page_is_the_host_name(booted: Guest) -> None:
    assert booted.do("http", path="/") == {"status": 200, "body": "vm1\n"}
    assert booted.do("http", path="/none")["status"] == 404


def test_cgi_of_user_data_runs_without_privileges(booted: Guest) -> None:
    answer = booted.do("http", path="/cgi-bin/who")
    assert answer == {"status": 200, "body": "vm1 www\ni-00000007"}


def test_dhcp_options_are_asked_for(booted: Guest) -> None:
    assert {1, 3, 6, 26, 121} <= set(booted.do("asked")["options"])


async def test_routes_and_mtu_come_from_dhcp(booted: Guest, key: asyncssh.SSHKey) -> None:
    routes = await booted.ssh(key, "ip route; cat /sys/class/net/eth0/mtu /etc/resolv.conf")
    assert "default via 10.1.0.1 dev eth0" in routes
    assert "10.2.0.0/16 via 10.1.0.9 dev eth0" in routes
    assert "169.254.169.254 via 10.1.0.1 dev eth0" in routes
    assert "10.1.0.77" not in routes, "the router option is void where classless routes are given"
    assert "\n1442\n" in routes
    assert "nameserver 10.1.0.1" in routes


async def test_ssh_takes_the_key_and_nothing_else(booted: Guest, key: asyncssh.SSHKey) -> None:
    assert await booted.ssh(key, "id -un; hostname") == "root\nvm1\n"
    assert await booted.ssh(key, "id -un", user="skylift") == "skylift\n"
    with pytest.raises(asyncssh.PermissionDenied):
        await booted.ssh(asyncssh.generate_private_key("ssh-ed25519"), "id")
    sock = booted.connect_ssh()
    methods = await asyncssh.get_server_auth_methods("guest", username="root", config=None, sock=sock)
    assert methods == ["publickey"]


async def test_user_data_output_is_kept(booted: Guest, key: asyncssh.SSHKey) -> None:
    assert await booted.ssh(key, "cat /var/log/user-data.log") == "hello from user-data\n"


async def test_tools_work(booted: Guest, key: asyncssh.SSHKey) -> None:
    script = "nc -l -p 9 >/tmp/got & sleep 0.5; echo over | nc -w 2 127.0.0.1 9; wait; cat /tmp/got"
    assert await booted.ssh(key, script) == "over\n"
    assert "1 packets received" in await booted.ssh(key, "ping -c 1 -w 5 10.1.0.1")


async def test_attached_disk_can_be_written(booted: Guest, key: asyncssh.SSHKey) -> None:
    assert booted.do("plug_disk", mib=16) == [{"return": {}}, {"return": {}}]
    script = "for _ in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/vdb ] && break; sleep 1; done; mke2fs /dev/vdb >/dev/null"
    script += " && mount /dev/vdb /mnt && echo kept >/mnt/file && umount /mnt && mount /dev/vdb /mnt && cat /mnt/file"
    assert await booted.ssh(key, script) == "kept\n"


async def test_little_memory_is_used(booted: Guest, key: asyncssh.SSHKey, record_testsuite_property: Any) -> None:
    memory = await booted.ssh(key, "cat /proc/meminfo")
    total, available = (int(re.findall(rf"{name}: +(\d+) kB", memory)[0]) for name in ("MemTotal", "MemAvailable"))
    record_testsuite_property("memory_kib", {"total": total, "available": available})
    assert available > 40 * 1024


def test_power_button_stops_it_and_the_host_key_outlives_a_reboot(
    guest: Guest, key: asyncssh.SSHKey, record_testsuite_property: Any
) -> None:
    marker = "skylift-tiny: ssh host key (SHA256:.*)"
    with guest.boot(_documents("vm2", key)):
        guest.do("wait", pattern="skylift-tiny: ready", seconds=60)
        first = re.findall(marker, "\n".join(guest.do("console")))
        seconds = guest.do("press_power_button")
        record_testsuite_property("seconds_to_stop", seconds)
        assert seconds < 8
        assert "skylift-tiny: stopping (poweroff)" in guest.do("console")
    # The metadata service errs for some seconds after the start, as OVN's agent does; this time there is no key.
    with guest.boot(_documents("vm2"), silent_for=7.0, keep_disk=True):
        guest.do("wait", pattern="skylift-tiny: ready", seconds=60)
        console = "\n".join(guest.do("console"))
        assert re.findall(marker, console) == first
        assert "hostname vm2 ssh-key no" in console
        assert "skylift-tiny: user-data none" in console
        assert guest.do("http", path="/")["body"] == "vm2\n"


def test_serves_without_metadata_and_takes_it_when_it_comes(guest: Guest) -> None:
    with guest.boot(_documents("vm3", user_data="#!/bin/sh\nexit 3\n"), silent_for=600.0):
        guest.do("wait", pattern="skylift-tiny: metadata not read: .*(404|500)", seconds=90)
        guest.do("wait", pattern="skylift-tiny: ready", seconds=30)
        assert guest.do("http", path="/")["body"] == "skylift-tiny\n"
        guest.do("answer_now")
        guest.do("wait", pattern="user-data failed, exit code 3", seconds=30)
        assert guest.do("http", path="/")["body"] == "vm3\n"


def test_user_data_of_another_kind_is_named(guest: Guest) -> None:
    with guest.boot(_documents("vm4", user_data="#cloud-config\n{}\n")):
        guest.do("wait", pattern="user-data ignored: it does not start with #!", seconds=60)
        guest.do("wait", pattern="skylift-tiny: ready", seconds=30)
