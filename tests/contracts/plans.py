"""Plans for the declared services, each in a situation of its own, as a person and as a program reads them.

``python -m tests.contracts.plans`` writes them anew: read the difference before you commit it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from tests.contracts import fixture
from tests.unit.plan.world import settled

from skylift import services
from skylift.app.dependencies import missing
from skylift.cli.views.plan import show
from skylift.model.cloud import ASKED
from skylift.model.container import ContainerState, Mount, Setup
from skylift.model.desired import Desired
from skylift.model.observed import Observed, ObservedApis
from skylift.model.plan import Plan
from skylift.plan.explain import explain
from skylift.plan.limit import limit
from skylift.plan.make import make
from skylift.plan.outlook import outlook
from skylift.settings import Passwords

FOLDER = Path(__file__).with_name("plans")
CONFIG = "/var/lib/kolla/config_files"
NOW = 1_790_000_000
"""A time of our days: that of a file that somebody wrote."""

Texts = Mapping[str, Mapping[str, str]]


def texts_of(wanted: Desired, **edits: tuple[str, str, str]) -> Texts:
    """Return the files that lie in each container; ``edits`` are text replaced in a container's file, by its name."""
    texts = {spec.name: {file.path: file.content.reveal() for file in spec.files} for spec in wanted.containers}
    for short, (name, old, new) in edits.items():
        files = texts[f"golden-node1-{short}"]
        assert old in files[f"{CONFIG}/{name}"], f"{short} has another {name}"
        files[f"{CONFIG}/{name}"] = files[f"{CONFIG}/{name}"].replace(old, new)
    return texts


def plan(wanted: Desired, observed: Observed, texts: Texts | None = None, only: tuple[str, ...] = ()) -> Plan:
    """Return the plan, explained, with what to expect when nothing has run before."""
    made = make(wanted, observed)
    if only:
        made = limit(made, only, wanted)
    made = explain(made, wanted, texts or {}, Passwords(fixture.passwords()).mask)
    return replace(made, outlook=outlook(made, wanted, {}))


def change(
    before: Desired, after: Desired, only: tuple[str, ...] = (), observed: Observed | None = None
) -> Callable[[], Plan]:
    """Return the plan from a cloud that is as ``before`` to ``after``."""
    return lambda: plan(after, observed or settled(before), texts_of(before), only)


def drift(short: str, texts: Texts | None = None, **found: Any) -> Callable[[], Plan]:
    """Return the plan for a cloud in which one container is found otherwise."""
    name = f"golden-node1-{short}" if short != "node1" else "golden-node1"

    def planned() -> Plan:
        wanted = fixture.desired()
        observed = settled(wanted)
        state: ContainerState | None = None
        if found or texts:
            state = replace(observed.containers[name], **found)
        containers = {one: each for one, each in observed.containers.items() if one != name}
        containers |= {name: state} if state else {}
        return plan(wanted, replace(observed, containers=containers), texts or texts_of(wanted))

    return planned


def setup(short: str, **otherwise: Any) -> Setup:
    """Return how a container is set up, but for what is changed."""
    of = settled(fixture.desired()).containers[f"golden-node1-{short}"].setup
    assert of is not None
    return replace(of, **otherwise)


def edited(short: str, name: str) -> Mapping[str, int]:
    """Return the stamps of a container in which somebody wrote a file that was given to it."""
    stamps = settled(fixture.desired()).containers[f"golden-node1-{short}"].stamps
    return {**stamps, f"{CONFIG}/{name}": NOW}


def through_the_api(**changed: Any) -> Callable[[], Plan]:
    """Return the plan for a cloud in which something was changed in keystone."""

    def planned() -> Plan:
        wanted = fixture.desired()
        observed = settled(wanted)
        assert observed.apis is not None
        apis: ObservedApis = replace(observed.apis, **changed)
        return plan(wanted, replace(observed, apis=apis))

    return planned


def desired_with(on: Iterable[str] = (), off: Iterable[str] = ()) -> Desired:
    """Return the usual cloud with services switched on and off."""
    keys = {service.name: service.enabled_by for service in services.load()}
    lines = [f"{keys[name]}: yes\n" for name in on if keys[name]] + [f"{keys[name]}: no\n" for name in off]
    return fixture.desired(settings_text="".join(lines))


def switched() -> dict[str, Callable[[], Plan]]:
    """Return the plans that switch each service on and off, in the usual cloud with all that the service needs."""
    found: dict[str, Callable[[], Plan]] = {}
    for service in services.load():
        if service.enabled_by:
            needs = {need.add for need in missing([service.name], services.load(), set(), lambda key: False)} - {""}
            users = [one.name for one in services.load() if service.name in one.requires and one.enabled_by]
            with_it, without = (
                desired_with(on=(*needs, service.name)),
                desired_with(on=needs, off=(service.name, *users)),
            )
            found[f"enable-{service.name}"] = change(without, with_it)
            found[f"disable-{service.name}"] = change(with_it, without)
    return found


def cases() -> dict[str, Callable[[], Plan]]:
    """Return each situation by the name of its golden file."""
    base = fixture.desired()
    apis = settled(base).apis
    assert apis is not None
    nova, *_ = [entry for entry in apis.catalogue if entry.name == "nova"]
    others = tuple(entry for entry in apis.catalogue if entry.name != "nova")
    moved = replace(nova, urls={**nova.urls, "public": "http://192.0.2.7:8774/v2.1"})
    image = replace(
        base,
        containers=tuple(
            replace(spec, image_id="sha256:newer") if spec.image.startswith("skylift/glance-api") else spec
            for spec in base.containers
        ),
    )
    lost = settled(base)
    lost = replace(lost, volumes=lost.volumes - {"golden-node1-mariadb"})
    override = {"nova/nova-api.conf": "[DEFAULT]\nosapi_max_limit = 500\n"}
    host = {"nova/node1/nova.conf": "[DEFAULT]\nreserved_host_memory_mb = 1024\n"}
    by_hand = ("nova.conf", "debug = false\n", "debug = true\n")
    rotated = fixture.desired(changed={"nova_database_password": "another-one"})
    machine = replace(base.cloud.machine, virt_type="kvm", virt_why=f"{ASKED}globals.yml:12")
    option = fixture.desired(machine=machine)
    return {
        "first-deployment": lambda: plan(fixture.desired(resources=True), Observed()),
        "nothing-to-do": lambda: plan(base, settled(base)),
        "one-nova-option": change(base, option),
        "one-nova-option-only-glance": change(base, option, only=("glance",)),
        "one-override": change(base, fixture.desired(overrides=override)),
        "one-override-of-a-host": change(base, fixture.desired(overrides=host)),
        "password-of-a-database": change(base, rotated),
        "password-of-a-database-only-glance": change(base, rotated, only=("glance",)),
        "password-of-a-database-only-nova": change(base, rotated, only=("nova",)),
        "password-of-the-broker": change(base, fixture.desired(changed={"rabbitmq_password": "another-one"})),
        "password-of-a-service-user": change(base, fixture.desired(changed={"nova_keystone_password": "another-one"})),
        "password-of-the-administrator": change(
            base,
            fixture.desired(changed={"keystone_admin_password": "another-one"}),
            observed=replace(settled(base), refused="keystone_admin_password"),
        ),
        **switched(),
        "enable-ceph-and-cinder": change(base, desired_with(on=("ceph", "cinder"))),
        "disable-octavia-and-erase": change(
            base, fixture.desired(settings_text="enable_octavia: no\n", erase=frozenset({"octavia"}))
        ),
        "another-image": change(base, image),
        "reload": change(base, fixture.desired(settings_text="ovn_db_inactivity_probe: 90000\n")),
        "data-lost": lambda: plan(base, lost, texts_of(base)),
        "drift-stopped": drift("nova_scheduler", status="exited", exit_code=137, health=""),
        "drift-paused": drift("nova_scheduler", status="paused"),
        "drift-unhealthy": drift("nova_scheduler", health="unhealthy"),
        "drift-removed": drift("nova_scheduler"),
        "drift-file-edited": drift(
            "nova_api", stamps=edited("nova_api", "nova.conf"), texts=texts_of(base, nova_api=by_hand)
        ),
        "drift-file-edited-in-use": drift(
            "nova_api", edited=(f"{CONFIG}/nova.conf",), texts=texts_of(base, nova_api=by_hand)
        ),
        "drift-file-missing": drift(
            "glance_api",
            status="created",
            stamps=dict.fromkeys(edited("glance_api", "config.json"), -1),
            texts={"golden-node1-glance_api": {}},
        ),
        "drift-mounts": drift(
            "glance_api",
            setup=setup("glance_api", mounts=(Mount("bind", "/srv/images", "/var/lib/glance", False, "rprivate"),)),
        ),
        "drift-environment": drift(
            "glance_api",
            setup=setup("glance_api", environment=frozenset({"PATH=/bin", "LANG=C", "OS_DEBUG=s3cret"})),
        ),
        "drift-command": drift("glance_api", setup=setup("glance_api", command=("sleep", "infinity"))),
        "drift-foreign-image": drift("glance_api", image="someone/glance:1", image_id="sha256:foreign"),
        "drift-privileged": drift("glance_api", setup=setup("glance_api", privileged=True)),
        "drift-network-lost": drift("glance_api", setup=setup("glance_api", network="bridge")),
        "drift-node-restarted": drift("node1", started=50.0),
        "drift-job-failed": drift("glance_schema", exit_code=1),
        "drift-endpoint-moved": through_the_api(catalogue=(*others, moved)),
        "drift-endpoint-gone": through_the_api(catalogue=others),
        "drift-user-without-role": through_the_api(accounts={**apis.accounts, "nova": frozenset({"service"})}),
        "drift-user-disabled": through_the_api(logins={**apis.logins, "nova": "disabled"}),
        "drift-user-password": through_the_api(logins={**apis.logins, "nova": "refused"}),
    }


def text(made: Plan) -> str:
    """Return the plan as it is shown on a terminal of 100 columns, with its order below."""
    out = io.StringIO()
    console = Console(file=out, width=100, color_system=None, force_terminal=False)
    show(console, made)
    order = "".join(f"  {operation.id.replace('golden-node1-', '')}\n" for operation in made)
    return f"{out.getvalue()}\nin this order:\n{order}" if order else out.getvalue()


AS_JSON = ("reload", "drift-file-edited", "drift-user-disabled")
"""Plans that are also kept as a program reads them."""


def golden(made: Mapping[str, Plan]) -> dict[Path, str]:
    """Return the text of each golden file by its path."""
    found = {FOLDER / f"{name}.txt": text(plan) for name, plan in made.items()}
    documents = {name: json.dumps(made[name].as_dict(), indent=1, ensure_ascii=False) for name in AS_JSON}
    return found | {FOLDER / f"{name}.json": f"{document}\n" for name, document in documents.items()}


def main() -> None:
    """Write all golden plans anew, and remove those that are no longer made."""
    current = golden({name: made() for name, made in cases().items()})
    FOLDER.mkdir(exist_ok=True)
    for path in set(FOLDER.iterdir()) - current.keys():
        path.unlink()
    for path, words in current.items():
        path.write_text(words)


if __name__ == "__main__":
    main()
