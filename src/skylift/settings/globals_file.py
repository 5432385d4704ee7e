"""globals.yml → Settings. Every mistake in the file is found in one go."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from skylift.model.event import Notice
from skylift.model.problem import Problem, Problems
from skylift.model.service import Service
from skylift.settings.between import conflicts
from skylift.settings.between_services import service_conflicts, without_effect
from skylift.settings.complaints import problem
from skylift.settings.document import Document, Entry, parse, read_text
from skylift.settings.keys import ENVIRONMENT, Globals
from skylift.settings.names import WHY, is_kolla_key, is_password, nearest
from skylift.settings.settings import Settings
from skylift.settings.wording import of_error, of_form

FILE = "globals.yml"


def load(config_dir: Path, declarations: Sequence[Service], environ: Mapping[str, str] = os.environ) -> Settings:
    """Read ``globals.yml`` in ``config_dir``; no file, or an empty one, is a complete configuration.

    ``declarations`` are the services there are: they name the ``enable_*`` keys. EXT_NET_* and DEMO_NET_* are also
    taken from ``environ`` where the file does not set them. Raises Problem, or Problems with all that was found.
    """
    return load_text(read_text(config_dir / FILE), declarations, environ)


def load_text(text: str, declarations: Sequence[Service], environ: Mapping[str, str] | None = None) -> Settings:
    """As :func:`load`, from the file's text."""
    document = parse(FILE, text)
    reader = _Reader(document, declarations)
    reader.environment(environ or {})
    for entry in document.entries.values():
        reader.take(entry)
    return reader.finish()


class _Reader:
    """Sorts the entries of one document; keeps what is found wrong."""

    def __init__(self, document: Document, declarations: Sequence[Service]) -> None:
        self.problems: list[Problem] = list(document.problems)
        self.warnings: list[Notice] = []
        self.sources: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self.enabled = {service.enabled_by: service.enabled_default for service in declarations if service.enabled_by}
        self.declarations = declarations
        self.always = {f"enable_{service.name}" for service in declarations if not service.enabled_by}

    def environment(self, environ: Mapping[str, str]) -> None:
        for key in ENVIRONMENT:
            if environ.get(key):
                self.values[key], self.sources[key] = environ[key], "environment"

    def take(self, entry: Entry) -> None:
        key, where = entry.key, f"{FILE}:{entry.line}"
        known = key in Globals.model_fields
        if is_password(key) and not known:
            self._complain(
                "settings-misplaced-password", f"{key} is in globals.yml", "Move the line to passwords.yml.", where
            )
        elif not (known or key in self.enabled or key in self.always):
            self._unknown(key, where)
        elif entry.value is None and not entry.tag:
            if entry.end <= entry.start:
                text = f"{key} has no value, so its default holds: write one, or remove the line"
                self.warnings.append(Notice(text, "warning", where))
        elif why := of_form(entry, Globals.model_fields[key] if known else None):
            self._complain("settings-value", f"{key} {why[0]}", why[1], where)
        elif known:
            self.values[key], self.sources[key] = entry.value, where
        else:
            self._switch(entry, where)

    def _switch(self, entry: Entry, where: str) -> None:
        try:
            on = _SWITCH.validate_python(entry.value)
        except ValidationError:
            self._complain("settings-value", f"{entry.key} is «{entry.value}» and must be yes or no", "", where)
            return
        if entry.key in self.enabled:
            self.enabled[entry.key], self.sources[entry.key] = on, where
        elif not on:
            detail = f"{entry.key} is no, and this service is always on: others need it"
            self._complain("settings-value", detail, "Remove the line.", where)

    def _unknown(self, key: str, where: str) -> None:
        if is_kolla_key(key):
            why = WHY.get(key)
            text = f"{key} is not supported yet and has no effect" + (f": {why}" if why else "")
            self.warnings.append(Notice(text, "warning", where))
            return
        near = nearest(key, [*Globals.model_fields, *self.enabled])
        fix = f"Did you mean {near}?" if near else "Remove the line. The names are in docs/settings.md."
        self._complain(
            "settings-unknown-key", f"there is no setting {key if key.isprintable() else repr(key)}", fix, where
        )

    def _complain(self, code: str, detail: str, fix: str, where: str) -> None:
        self.problems.append(problem(code, detail, fix, where))

    def finish(self) -> Settings:
        """Check the values, and what must hold between them. Raises what was found, all together."""
        keys = self._checked()
        self.problems += conflicts(keys, self._where)
        self.problems += service_conflicts(keys, self.declarations, self.enabled, self._where)
        self.warnings += without_effect(keys, self._where)
        self._external_address(keys)
        if self.problems:
            ordered = sorted(self.problems, key=_line)
            raise ordered[0] if len(ordered) == 1 else Problems(tuple(ordered))
        return Settings(keys, self.enabled, self.sources, tuple(self.warnings))

    def _checked(self) -> Globals:
        try:
            return Globals.model_validate(self.values)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                key = str(one["loc"][0])
                detail, fix = of_error(key, self.values.get(key), one, Globals.model_fields[key])
                self._complain("settings-value", detail, fix, self._where(key))
            bad = {str(one["loc"][0]) for one in error.errors(include_url=False)}
        # What holds between the others can still be checked.
        return Globals.model_validate({key: value for key, value in self.values.items() if key not in bad})

    def _where(self, key: str) -> str:
        source = self.sources.get(key, FILE)
        return f"environment variable {key}" if source == "environment" else source

    def _external_address(self, keys: Globals) -> None:
        address = keys.kolla_external_vip_address
        if address and address != keys.kolla_internal_vip_address:
            text = "kolla_external_vip_address has no effect: all endpoints use kolla_internal_vip_address"
            self.warnings.append(Notice(text, "warning", self._where("kolla_external_vip_address")))


_SWITCH = TypeAdapter(bool)


def _line(found: Problem) -> int:
    end = found.where.rpartition(":")[2]
    return int(end) if end.isdigit() else 0
