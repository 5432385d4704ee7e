"""Run a command inside a container, for a person or a script."""

from __future__ import annotations

from collections.abc import Sequence

from skylift.app import find
from skylift.app.workspace import Workspace
from skylift.engines.streams import Person, interact


async def execute(
    workspace: Workspace, word: str, command: Sequence[str], person: Person, *, user: str = "", term: str = ""
) -> int:
    """Run ``command`` (a shell when empty) in the running container that ``word`` names; return its exit code.

    Raises Problem ``container-unknown``, ``container-ambiguous``, ``container-stopped``, and what the engine refuses.
    """
    state = find.one(await workspace.engine.containers(workspace.cloud_name), word)
    return await interact(workspace.engine, state.name, command or ("bash",), person, user=user, term=term)
