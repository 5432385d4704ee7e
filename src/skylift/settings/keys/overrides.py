"""The key on where the override folder is."""

from __future__ import annotations

from pydantic import BaseModel, Field


class OverrideKeys(BaseModel, frozen=True, defer_build=True):
    """Overrides"""

    node_custom_config: str = Field(
        "",
        pattern=r"^[^\x00\n{}]*$",
        json_schema_extra={"rule": "must be the path of a folder, without {{ }}"},
        description="The folder of override files ([overrides.md](overrides.md)). "
        "Unset: `config` beside globals.yml. A relative path starts there too.",
    )
