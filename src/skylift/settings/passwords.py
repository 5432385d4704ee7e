"""The passwords in use: by name, and a mask over all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from skylift.model.event import Notice
from skylift.model.secret import Secret
from skylift.settings.complaints import problem
from skylift.settings.masking import MASK, pattern


class Passwords:
    """What passwords.yml holds. The two halves of an SSH key pair are ``NAME.private_key`` and ``NAME.public_key``.

    ``notices`` tell what was done to the file: keys generated, mode mended. ``former`` are values that these replace:
    they are masked as well.
    """

    def __init__(
        self, values: Mapping[str, Secret], notices: tuple[Notice, ...] = (), former: Iterable[Secret] = ()
    ) -> None:
        self._values = dict(values)
        self._former = tuple(former)
        self.notices = notices

    def get(self, name: str) -> Secret:
        """Return the password. Raises Problem ``passwords-unknown``."""
        try:
            return self._values[name]
        except KeyError:
            raise problem(
                "passwords-unknown",
                f"nothing declares {name} and the file does not have it",
                f"Add a line to passwords.yml: {name}: …",
                "passwords.yml",
            ) from None

    def optional(self, name: str) -> Secret | None:
        """Return the password, or None where the file has none (``docker_registry_password``)."""
        return self._values.get(name)

    def all(self) -> Mapping[str, Secret]:
        """Return every password by name, declared ones and others the file holds."""
        return dict(self._values)

    def mask(self, text: str) -> str:
        """Return ``text`` with every password replaced by ``***``: as it is, URL-quoted, in JSON and in base64."""
        found = self._pattern
        return found.sub(MASK, text) if found else text

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        public = (name for name in self._values if not name.endswith(".public_key"))
        return pattern(one.reveal() for one in (*(self._values[name] for name in public), *self._former))

    def __repr__(self) -> str:
        return f"<{len(self._values)} passwords>"
