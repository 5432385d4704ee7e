"""What there is in Ceph's pools of volumes and of backups, asked with Cinder's own key from inside its containers."""

from __future__ import annotations

from configparser import RawConfigParser

from skylift.openstack.proofs.bench import Bench
from skylift.openstack.proofs.proof import Unproven

_FILE = "/etc/cinder/cinder.conf"


async def images(bench: Bench) -> dict[str, list[str]]:
    """Return the names of all images by pool, those in the trash among them; empty where Cinder is not on Ceph."""
    found = {}
    for container, section, pool, user in (
        ("cinder_volume", "rbd-1", "rbd_pool", "rbd_user"),
        ("cinder_backup", "DEFAULT", "backup_ceph_pool", "backup_ceph_user"),
    ):
        options = await _options(bench, container, section)
        if pool in options:
            ask = ("rbd", "--id", options[user], "--pool", options[pool])
            listed = await _run(bench, container, *ask, "ls")
            trash = await _run(bench, container, *ask, "trash", "ls")
            found[options[pool]] = listed.splitlines() + trash.splitlines()
    return found


async def beginning(bench: Bench, volume: str) -> bytes:
    """Return the first bytes of a volume as they are in the pool."""
    options = await _options(bench, "cinder_volume", "rbd-1")
    name = f"{options['rbd_pool']}/volume-{volume}"
    script = 'rbd --id "$1" export "$2" - 2>/dev/null | head -c 16 | od -A n -t x1'
    text = await _run(bench, "cinder_volume", "sh", "-c", script, "sh", options["rbd_user"], name)
    return bytes.fromhex(text)


async def _options(bench: Bench, container: str, section: str) -> dict[str, str]:
    name = _name(bench, container)
    if await bench.ctx.engine.container(name) is None:
        return {}
    parser = RawConfigParser(strict=False)
    parser.read_string(await _run(bench, container, "cat", _FILE))
    if section == "DEFAULT":
        return dict(parser.defaults())
    return dict(parser[section]) if parser.has_section(section) else {}


async def _run(bench: Bench, container: str, *command: str) -> str:
    code, text = await bench.ctx.engine.run(_name(bench, container), command, user="cinder")
    if code:
        raise Unproven(f"{command[0]} to run in {container}", f"exit code {code}", tuple(text.splitlines()[-3:]))
    return text


def _name(bench: Bench, container: str) -> str:
    return f"{bench.ctx.cloud.nodes[0].container}-{container}"
