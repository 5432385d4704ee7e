"""The deployment that nothing disturbs: its plan, how long each operation took, and its end state."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.scenarios.resume import end_state
from tests.scenarios.resume.place import Place, prepared


def deploy(place: Place) -> dict[str, Any]:
    """Deploy from nothing; write and return ``reference.json``: seconds by operation in plan order, end state."""
    answer = place.ok("up", "--no-verify", "--json")
    events = [json.loads(line) for line in answer.out.splitlines()]
    planned = next(event["operations"] for event in events if event["kind"] == "plan-made")
    took = {event["step"]: event["seconds"] for event in events if event["kind"] == "step-finished"}
    end_state.await_health()
    reference = {
        "seconds": {one["id"]: took[one["id"]] for one in planned},
        "notices": [event["text"] for event in events if event["kind"] == "notice"],
        "state": end_state.read(place),
    }
    (place.folder / "reference.json").write_text(json.dumps(reference, indent=1))
    return reference


if __name__ == "__main__":
    deploy(prepared(Path(sys.argv[1])))
