"""Values that remember that they were asked for: so each rendered file knows which settings it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from skylift.model.inputs import Input
from skylift.model.secret import Secret

Item = TypeVar("Item")


class Record:
    """The inputs that were asked for since the last :meth:`take`."""

    def __init__(self) -> None:
        self._inputs: dict[str, Input] = {}

    def add(self, item: Input) -> None:
        """Note one; the same one again makes no difference."""
        self._inputs[item.name] = item

    def take(self) -> tuple[Input, ...]:
        """Return what was noted, by name, and begin anew."""
        taken = tuple(self._inputs[name] for name in sorted(self._inputs))
        self._inputs = {}
        return taken


class RecordedSettings:
    """Settings by attribute. A name that stands for a key (``debug``) is noted under the key."""

    def __init__(self, settings: Any, record: Record) -> None:
        self._settings = settings
        self._record = record

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._settings, name)
        key = getattr(self._settings, "aliases", {}).get(name, name)
        source = self._settings.source(key) if hasattr(self._settings, "source") else "default"
        self._record.add(Input.plain(key, value, source))
        return value


class RecordedMachine:
    """What was found out about the machine, by attribute."""

    def __init__(self, machine: Any, record: Record) -> None:
        self._machine = machine
        self._record = record

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._machine, name)
        self._record.add(Input.plain(f"machine {name}", value, self._machine.source(name)))
        return value


class RecordedPasswords:
    """Passwords by attribute or item, for templates only: what they render goes to files of mode 0600."""

    def __init__(self, passwords: Mapping[str, Secret], record: Record) -> None:
        self._passwords = passwords
        self._record = record

    def __getattr__(self, name: str) -> str:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> str:
        text = self._passwords[name].reveal()
        self._record.add(Input.password(name, text))
        return text


class RecordedServices(AbstractSet[str]):
    """The names of the enabled services; asking for one notes whether it is on."""

    def __init__(self, names: frozenset[str], record: Record, sources: Mapping[str, str]) -> None:
        self._names = names
        self._record = record
        self._sources = sources

    def _note(self, name: object) -> None:
        if name in self._names:
            self._record.add(Input(f"service {name}", "on", self._sources.get(str(name), "default")))

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        for name in sorted(self._names):
            self._note(name)
            yield name

    def __len__(self) -> int:
        return len(self._names)


class RecordedItems(Sequence[Item]):
    """Things collected from all enabled services: whoever reads them depends on which services are on."""

    def __init__(self, items: Sequence[Item], services: RecordedServices) -> None:
        self._items = items
        self._services = services

    def _noted(self) -> Sequence[Item]:
        for _ in self._services:
            pass
        return self._items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._noted())

    def __getitem__(self, index: Any) -> Any:
        return self._noted()[index]

    def __len__(self) -> int:
        return len(self._noted())


class RecordedText:
    """Text that holds a password, made when it is asked for."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __str__(self) -> str:
        return str(self._make())
