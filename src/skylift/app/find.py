"""Find containers by what a person calls them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from skylift.model.container import LABEL, ContainerState
from skylift.model.problem import Problem


def containers(found: Iterable[ContainerState], word: str) -> tuple[ContainerState, ...]:
    """Return the containers that ``word`` names: a container (``nova_api``, ``nova_api@node2``, the engine's name) or
    a service (``nova``: all of its containers). Kolla's and OpenStack's spelling (``nova-api``) both do.

    Raises Problem ``container-unknown``, with the nearest names.
    """
    states = tuple(found)
    wanted, _, node = word.replace("-", "_").partition("@")
    named = tuple(
        state
        for state in states
        if state.name == word or (state.short == wanted and (not node or _label(state, "node") == node))
    )
    named = named or tuple(state for state in states if _label(state, "service").replace("-", "_") == wanted)
    if named:
        return named
    names = sorted({state.short for state in states} | {_label(state, "service") for state in states} - {""})
    near = get_close_matches(word.replace("-", "_"), names, n=3, cutoff=0.4)
    raise Problem(
        code="container-unknown",
        summary="There is no such container or service in this cloud",
        detail=f"{word} is none of the {len(states)} containers" + (f"; near: {', '.join(near)}" if near else ""),
        fix="skylift status" if states else "skylift up",
        where=word,
    )


def one(found: Iterable[ContainerState], word: str) -> ContainerState:
    """Return the one running container that ``word`` names.

    Raises Problem ``container-unknown``, ``container-ambiguous`` or ``container-stopped``.
    """
    named = containers(found, word)
    exact = [state for state in named if word.replace("-", "_") in (state.short, state.name.replace("-", "_"))]
    candidates = exact or [state for state in named if _label(state, "kind") != "job"]
    if len(candidates) > 1:
        choices = [f"{state.short}@{_label(state, 'node')}" if exact else state.short for state in candidates]
        raise Problem(
            code="container-ambiguous",
            summary="Several containers have this name",
            detail=f"{word}: {', '.join(choices)}",
            fix=f"Name one, as in {choices[0]}.",
            where=word,
        )
    state = candidates[0] if candidates else named[0]
    if state.status != "running":
        raise Problem(
            code="container-stopped",
            summary="The container does not run",
            detail=f"{state.short} is {state.status}" + (f" with code {state.exit_code}" if state.exit_code else ""),
            fix=f"skylift logs {state.short}   and   skylift up",
            where=state.short,
        )
    return state


def _label(state: ContainerState, key: str) -> str:
    return state.labels.get(LABEL + key, "")
