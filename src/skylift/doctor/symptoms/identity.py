"""Keystone: whether it lets the administrator in, and whether the keys of its tokens are keys."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.known import known
from skylift.doctor.sign import APPLY, Layer, Sign, down, edited, finding, infrastructure
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.patient_infra import Identity

NAME = "keystone"


def find(patient: Patient) -> Iterator[Sign]:
    """Yield signs of an identity service that makes no tokens."""
    identity = patient.identity
    if identity is None:
        return
    if identity.login == "refused":
        yield Sign(
            finding(
                "admin-refused",
                "error",
                "Keystone does not accept the administrator's password of passwords.yml",
                "it was changed through the API, or in the file alone",
                [Evidence(identity.said, "POST /v3/auth/tokens", 0.0)],
                f"{APPLY}   (sets it as passwords.yml says)",
                NAME,
            ),
            Layer.IDENTITY,
            (("database-missing", "keystone"), *edited(NAME)),
        )
    elif identity.login != "ok":
        container = patient.container(NAME)
        told = known(NAME, NAME, container.lines, patient.now) if container is not None else None
        cause = "every API asks keystone who its users are: without tokens nothing is answered"
        evidence = [Evidence(identity.said, "POST /v3/auth/tokens", 0.0)]
        fix = f"skylift logs {NAME} --since 10m"
        if told is not None:
            cause, fix = f"{told.summary}. {told.cause}", f"{told.fix}\n{fix}"
            evidence += told.evidence[:1]
        yield Sign(
            finding("login-fails", "error", "Keystone gives no tokens", cause, evidence, fix, NAME),
            Layer.IDENTITY,
            (
                *edited(NAME),
                *(item for item in infrastructure(patient, NAME) if item[0] != "login-fails"),
                ("database-missing", "keystone"),
            ),
        )
    yield from _keys(identity)


def _keys(identity: Identity) -> Iterator[Sign]:
    folder = "/etc/keystone/fernet-keys"
    said: dict[str, str] = {}
    digests = {container: tuple(key.digest for key in keys) for container, keys in identity.keys.items()}
    for container, keys in identity.keys.items():
        broken = [str(key.number) for key in keys if not key.valid]
        if not keys:
            said[container] = f"there is no key in {folder}"
        elif broken:
            said[container] = f"no key: {', '.join(f'{folder}/{number}' for number in broken)}"
        elif 0 not in {key.number for key in keys}:
            said[container] = f"the next key, {folder}/0, is missing"
        elif len(keys) == 1:
            said[container] = f"there is only the next key, {folder}/0, and none to make tokens with"
    if not said and len(set(digests.values())) > 1:
        said = {min(digests): f"the keys in {', '.join(sorted(digests))} are not the same"}
    for container, words in said.items():
        yield Sign(
            finding(
                "token-keys",
                "error",
                "Keystone's token keys are not what they should be",
                f"{words}: keystone cannot make tokens, or not read those made before",
                [Evidence(words, f"skylift exec {container} ls -l {folder}", 0.0)],
                "skylift exec keystone sh -c 'rm -f /etc/keystone/fernet-keys/* && keystone-manage fernet_setup"
                " --keystone-user keystone --keystone-group keystone'   (tokens given out before end)",
                container,
            ),
            Layer.INFRASTRUCTURE,
            down(container),
            5.0,
        )
