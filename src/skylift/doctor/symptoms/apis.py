"""An API fails a real question: one that takes a token, the database and the service's own parts."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.known import known
from skylift.doctor.sign import (
    DOWN,
    FIX,
    Because,
    Layer,
    Sign,
    down,
    edited,
    finding,
    infrastructure,
)
from skylift.model.finding import Evidence
from skylift.model.patient import ApiAnswer, LogLine, Patient
from skylift.model.remedy import Remedy

SLOW = 3.0
"""Seconds: as long as an answer may take before that is worth a word."""
NEWEST = 180.0
"""Seconds: what was logged before that has nothing to do with an answer of now."""
UNAUTHORIZED = 401
NETWORK = ("neutron", "octavia")


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each API that fails, or is very slow."""
    failed = {answer.service for answer in patient.apis if not answer.ok}
    # The simple question may be answered while another, of a part that was looked at, is not.
    others = {one.failed.service: one.failed for one in patient.unread if one.failed is not None}
    for answer in (*patient.apis, *(one for service, one in others.items() if service not in failed)):
        if not answer.ok:
            yield _fails(patient, answer)
        elif answer.seconds >= SLOW:
            yield Sign(
                finding(
                    "api-slow",
                    "warning",
                    "An API answers slowly",
                    "it waits for something: the database, the cache, keystone, or the machine's processors",
                    [Evidence(f"answered {answer.status} after {answer.seconds:.1f} s", f"GET {answer.url}", 0.0)],
                    f"skylift logs {answer.service} --since 5m",
                    answer.service,
                ),
                Layer.SERVICE,
                because(patient, answer.service),
            )


def because(patient: Patient, service: str) -> tuple[Because, ...]:
    """Return what explains that a service's API fails."""
    own = [one.name for one in patient.of(service)]
    found = [*edited(*own), *(item for one in own for item in down(one))]
    found += [("account-changed", service), ("endpoint-changed", ""), ("admin-refused", ""), ("database-missing", "")]
    found += infrastructure(patient, service)
    found += [("cache-silent", ""), ("clock-differs", "keystone"), ("login-fails", "")]
    if service in NETWORK:
        found += [(code, name) for name in ("ovn_nb_db", "ovn_sb_db", "ovn_northd") for code in DOWN]
    return tuple(found)


def _fails(patient: Patient, answer: ApiAnswer) -> Sign:
    said = f"answered {answer.status}: {answer.said}" if answer.status else answer.said
    evidence = [Evidence(said, f"GET {answer.url}", 0.0)]
    lines = [line for one in patient.of(answer.service) for line in one.lines if patient.now - line.time < NEWEST]
    cause = "its program is there, and cannot do what was asked of it"
    fix = f"skylift logs {answer.service} --since 5m"
    remedies: tuple[Remedy, ...] = ()
    refuses = answer.status == UNAUTHORIZED and patient.identity is not None and patient.identity.login == "ok"
    if refuses:
        cause = (
            "it refuses a token that keystone gave a moment ago: keystone does not answer the service who the token "
            "belongs to. The service's own token is of a user that was removed, or its user may not log in"
        )
        names = [one.name for one in patient.of(answer.service) if one.runs and not one.job]
        fix = f"{FIX}   (starts it again, and it logs in anew)\n{fix}"
        remedies = tuple(Remedy("restart", name, "it refuses valid tokens") for name in names)
    told = known("", answer.service, sorted(lines, key=lambda line: line.time), patient.now)
    if told is not None and not refuses:
        cause, fix = f"{told.summary}. {told.cause}", f"{told.fix}\n{fix}"
        evidence += told.evidence[:1]
    elif (line := _of_request(lines, answer.request)) is not None:
        evidence.append(Evidence(line.text, answer.service, max(0.0, patient.now - line.time)))
    return Sign(
        finding("api-fails", "error", "An API fails", cause, evidence, fix, answer.service),
        Layer.SERVICE,
        because(patient, answer.service),
        0.0,
        remedies,
    )


def _of_request(lines: list[LogLine], request: str) -> LogLine | None:
    """Return the line that tells most of a request: its last error, else the last error of all."""
    errors = [line for line in lines if " ERROR " in line.text or " CRITICAL " in line.text]
    own = [line for line in errors if request and request in line.text]
    return (own or errors)[-1] if own or errors else None
