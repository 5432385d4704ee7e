#!/bin/sh
# Choose the newest versions anew for what goes into the images, and write the locks: Python packages from
# images/openstack/requirements.in and images/base/kolla.in, Debian packages from a build without a lock.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin

# numpy: websockify would like it to unmask what a browser sends, and works without; it is an eighth of the image.
# ovs, simplegeneric: sources only, which would be built with tools that no lock names; Debian has both.
for input in images/openstack/requirements.in images/base/kolla.in; do
    "$bin/uv" pip compile --quiet --upgrade --python-version 3.13 --python-platform x86_64-unknown-linux-gnu \
        --no-emit-package numpy --no-emit-package ovs --no-emit-package simplegeneric \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --output-file "${input%.in}.lock" "$input"
done

: >images/debian.lock
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
