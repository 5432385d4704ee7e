#!/bin/sh
# Choose the newest versions anew for what goes into the images, and write the locks: Python packages from what the
# services declare, images/openstack/requirements.in and images/base/kolla.in; Debian packages from a build without a lock.
#   sh scripts/lock-images.sh          all anew
#   sh scripts/lock-images.sh --add    keep the versions that are locked, and add what is new
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
upgrade=--upgrade
if [ "${1:-}" = --add ]; then upgrade=; fi

declared=$(mktemp)
trap 'rm -f "$declared"' EXIT
cat images/openstack/requirements.in >"$declared"
"$bin/python" scripts/declared.py openstack >>"$declared"

# numpy: websockify would like it to unmask what a browser sends, and works without; it is an eighth of the image.
# ovs, simplegeneric: sources only, which would be built with tools that no lock names; Debian has both.
lock() {
    # shellcheck disable=SC2086
    "$bin/uv" pip compile --quiet $upgrade --python-version 3.13 --python-platform x86_64-unknown-linux-gnu \
        --no-emit-package numpy --no-emit-package ovs --no-emit-package simplegeneric \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --output-file "$2" "$1"
}
lock "$declared" images/openstack/requirements.lock
lock images/base/kolla.in images/base/kolla.lock

if [ -n "$upgrade" ]; then : >images/debian.lock; fi
"$bin/python" - <<'PY'
import asyncio

from skylift.desired.build import images_of
from skylift.engines import Engine
from skylift.images import build_all
from skylift.services import load


async def main() -> None:
    async with await Engine.open() as engine:
        await build_all(engine, images_of(load()), lambda event: print(event.kind, getattr(event, "text", "")))


asyncio.run(main())
PY
"$bin/python" -m skylift.images.relock
