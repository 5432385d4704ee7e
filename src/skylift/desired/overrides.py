"""What the override folder makes of the rendered files of one node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skylift.desired.merge import Layer, merge
from skylift.desired.merge_parse import Dialect, Ini, parse
from skylift.desired.overrides_fill import fill, is_template, kolla_names, lines_of
from skylift.desired.overrides_form import check_whole
from skylift.desired.recording import Record
from skylift.model.cloud import Node
from skylift.model.inputs import Input, digest
from skylift.model.problem import Problems
from skylift.model.service_container import ConfigFile, Extra, Override
from skylift.settings.complaints import problem
from skylift.settings.overrides import OverrideFile, Overrides

Pairs = tuple[tuple[str, str], ...]
FORM = "Write «key = value» lines below a [section]; a line that goes on with a value is indented."


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, what it was made from, and which of the user's lines are in it or lost in it.

    The pairs are those of :class:`skylift.model.container.File`.
    """

    text: str
    inputs: tuple[Input, ...] = ()
    origins: Pairs = ()
    shadowed: Pairs = ()


def kolla_name(container: str) -> str:
    """Return Kolla's name of a container: ``nova-api``."""
    return container.replace("_", "-")


def names_for(override: Override, host: str, container: str) -> tuple[str, ...]:
    """Return the paths in the override folder that count for a file, the last with the last word."""
    return tuple(name.replace("{host}", host).replace("{container}", kolla_name(container)) for name in override.names)


class NodeOverrides:
    """Applies the override folder to the files of one node; each override file is read and filled in once.

    ``variables`` are those of the templates; what they are asked for is noted in ``record``.
    """

    def __init__(self, overrides: Overrides, node: Node, variables: Mapping[str, Any], record: Record) -> None:
        self._overrides = overrides
        self._node = node
        self._variables = variables
        self._record = record
        self._filled: dict[tuple[str, str], Text] = {}

    def apply(self, file: ConfigFile, container: str, made: Text, *, extras: bool = True) -> Text:
        """Return ``made`` with what counts for ``file`` in ``container``.

        ``extras``: the container has the files that come with this one, so that their options are set. Raises Problem
        ``override-form``, ``override-template`` or ``override-unreadable``.
        """
        override = file.override
        if override is None or not self._overrides:
            return made
        found = self._found(names_for(override, self._node.name, container))
        if override.how == "whole":
            return self._replaced(found, container) if found else made
        layers, inputs = [], list(made.inputs)
        for extra, own in self._extras(override) if extras else ():
            if extra.option:
                layers.append(_option(extra, own[0]))
                inputs.append(_input(own[0]))
        for one in found:
            text = self._fill(one, container)
            layers.append(_layer(one, text.text, override.how))
            inputs += text.inputs
        merged = merge(made.text, layers, override.how)
        return Text(merged.text, _each_once(inputs), merged.origins, merged.shadowed)

    def extra_files(self, file: ConfigFile, container: str) -> Iterable[tuple[ConfigFile, Text]]:
        """Yield the files that come with ``file`` because the override folder has them."""
        if file.override is None or not self._overrides:
            return
        for extra, found in self._extras(file.override):
            name = _basename(found[0])
            made = self._verbatim(found[0]) if extra.verbatim else self._fill(found[0], container)
            check_whole(found[0], made.text)
            others = tuple(("", one.shown) for one in found[1:])
            place = ConfigFile(name, f"{extra.folder}/{name}", file.owner)
            yield place, Text(made.text, made.inputs, (("", found[0].shown),), others)

    def _found(self, names: Iterable[str]) -> list[OverrideFile]:
        return [self._overrides.files[name] for name in names if name in self._overrides.files]

    def _extras(self, override: Override) -> Iterable[tuple[Extra, list[OverrideFile]]]:
        for extra in override.extras:
            names = [name.replace("{host}", self._node.name) for name in extra.names]
            if found := self._found(names):
                yield extra, found

    def _replaced(self, found: list[OverrideFile], container: str) -> Text:
        *others, last = found
        made = self._fill(last, container)
        return Text(made.text, made.inputs, (("", last.shown),), tuple(("", one.shown) for one in others))

    def _fill(self, file: OverrideFile, container: str) -> Text:
        source = file.read()
        if not is_template(source):
            return self._verbatim(file)
        key = (file.name, container)
        if key not in self._filled:
            self._record.take()
            names = kolla_names(self._node, kolla_name(container), self._variables)
            text = fill(file.shown, source, self._variables, names)
            self._filled[key] = Text(text, (*self._record.take(), _input(file)))
        return self._filled[key]

    def _verbatim(self, file: OverrideFile) -> Text:
        return Text(file.read(), (_input(file),))


def _input(file: OverrideFile) -> Input:
    return Input(file.shown, digest(file.text), file.shown)


def _each_once(inputs: Iterable[Input]) -> tuple[Input, ...]:
    found = {one.name: one for one in inputs}
    return tuple(found[name] for name in sorted(found))


def _basename(file: OverrideFile) -> str:
    return file.name.rpartition("/")[2]


def _option(extra: Extra, file: OverrideFile) -> Layer:
    """Return the layer that tells the program where the extra file is. It comes first: what the user says goes."""
    section, key = extra.option or ("", "")
    value = f"{extra.folder}/{_basename(file)}" if extra.by_path else _basename(file)
    return Layer(parse(f"[{section}]\n{key} = {value}"), (file.shown,) * 2)


def _layer(file: OverrideFile, text: str, dialect: Dialect) -> Layer:
    """Return the parsed file. Raises Problem ``override-form`` with every line that is not right."""
    ini = parse(text, dialect)
    lines = lines_of(file.text, text)
    where = [f"{file.shown}:{line}" for line in lines]
    faults = sorted({*ini.faults, *(_odd(ini) if dialect == "oslo" else ())})
    if faults:
        found = [problem("override-form", what, FORM, where[number]) for number, what in faults]
        raise found[0] if len(found) == 1 else Problems(tuple(found))
    return Layer(ini, where)


def _odd(ini: Ini) -> Iterable[tuple[int, str]]:
    """Yield what oslo.config would read and no program has: such a line was meant otherwise."""
    for name, number in ini.headers:
        if not name.strip():
            yield number, "a section has no name"
        elif set(name) & set("[]"):
            yield number, "a section's name has a bracket in it"
    for setting in ini.settings:
        if len(setting.key.split()) > 1:
            yield setting.start, f"the key «{setting.key[:60]}» has a blank in it"
