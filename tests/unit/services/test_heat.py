"""Heat's stack for verify, and what is said of users' stacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from skylift.model.problem import Problem
from skylift.model.proof import PREFIX
from skylift.services.heat import holdings
from skylift.services.heat.template import template

ALL = frozenset({"octavia", "cinder"})


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each function of the template with the name it refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("get_resource", "get_param"):
                yield key, inner
            elif key == "get_attr":
                yield key, inner[0]
            elif key == "depends_on":
                yield from (("get_resource", name) for name in inner)
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("services", [frozenset(), {"octavia"}, {"cinder"}, ALL])
def test_all_that_the_template_refers_to_is_in_it(services: frozenset[str]) -> None:
    made = template(services)
    for function, name in references([made["resources"], made["outputs"]]):
        assert name in made["parameters" if function == "get_param" else "resources"], name


def test_what_is_off_is_not_in_the_template() -> None:
    kinds = {
        services: {one["type"] for one in template(services)["resources"].values()} for services in (ALL, frozenset())
    }
    assert {kind.split("::")[1] for kind in kinds[ALL]} - {kind.split("::")[1] for kind in kinds[frozenset()]} == {
        "Octavia",
        "Cinder",
    }
    assert template(frozenset())["resources"]["floating"]["properties"]["port_id"] == {"get_resource": "port"}


def test_the_guest_is_known_as_ours_and_does_not_wait_for_the_way_out() -> None:
    """It reports ten times, and boots meanwhile."""
    guest = template(ALL)["resources"]["guest"]
    assert guest["properties"]["name"].startswith(PREFIX)
    assert "depends_on" not in guest


class Stacks:
    """Heat with some stacks; those in ``stuck`` fail at their first deletion."""

    project_id = "p"

    def __init__(self, *names: str, stuck: frozenset[str] = frozenset(), here: bool = True) -> None:
        self.stacks = dict.fromkeys(names, "CREATE_COMPLETE")
        self.stuck, self.here = set(stuck), here
        self.asked: list[dict[str, Any]] = []

    def has(self, service: str) -> bool:
        return self.here and service == "orchestration"

    def list(self, service: str, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
        self.asked.append(params)
        return [
            {"stack_name": name, "id": f"id-{name}", "project": "p", "stack_status": status}
            for name, status in self.stacks.items()
        ]

    def delete(self, service: str, path: str, *, missing_ok: bool = True, **params: Any) -> None:
        name = path.split("/")[2]
        assert path == f"/stacks/{name}/id-{name}"
        if name in self.stuck:
            self.stuck.remove(name)
            self.stacks[name] = "DELETE_FAILED"
        else:
            del self.stacks[name]

    def get(self, service: str, path: str, **params: Any) -> Any:
        raise AssertionError(path)

    find = get

    def post(self, service: str, path: str, body: Any = None, **headers: str) -> Any:
        raise AssertionError(path)


def test_stacks_of_all_projects_are_listed() -> None:
    api = Stacks("web")
    assert [(one.kind, one.name, one.project, one.detail) for one in holdings.found(api)] == [
        ("stack", "web", "p", "CREATE_COMPLETE")
    ]
    assert api.asked == [{"global_tenant": "true"}]
    assert holdings.found(Stacks("web", here=False)) == []


def test_a_stack_that_could_not_be_deleted_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    api = Stacks("web", "db", stuck=frozenset({"db"}))
    assert holdings.remove(api) == 2
    assert api.stacks == {}


def test_what_cannot_be_removed_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr(holdings, "SECONDS", -1.0)
    with pytest.raises(Problem, match="db \\(DELETE_FAILED\\)"):
        holdings.remove(Stacks("db", stuck=frozenset({"db"})))
