"""Services' accounts in the database and in the broker: their passwords are those of passwords.yml, or logins fail."""

from __future__ import annotations

from collections.abc import Iterator

from skylift.doctor.sign import FIX, Layer, Sign, finding
from skylift.model.finding import Evidence
from skylift.model.patient import Patient
from skylift.model.remedy import Remedy

WORDS = {
    "password": "has another password than passwords.yml says",
    "missing": "is not there",
    "locked": "is locked",
    "rights": "lacks rights",
}


def find(patient: Patient) -> Iterator[Sign]:
    """Yield a sign for each account that its service cannot use."""
    for account, state in (patient.database.accounts if patient.database is not None else {}).items():
        if state == "ok":
            continue
        words = WORDS.get(state, state)
        yield Sign(
            finding(
                "database-account",
                "error",
                "A service cannot log in to the database",
                f"the database's user {account} {words}",
                [Evidence(f"{account}: {words}", "mysql.global_priv", 0.0)],
                f"{FIX}   (sets the database's accounts as passwords.yml says)",
                account,
            ),
            Layer.INFRASTRUCTURE,
            (),
            3.0,
            (Remedy("repeat", "mariadb_databases", f"the database's user {account} {words}"),),
        )
    broker = patient.broker
    if broker is not None and broker.account != "ok":
        words = WORDS.get(broker.account, broker.account)
        yield Sign(
            finding(
                "broker-account",
                "error",
                "Services cannot log in to the message broker",
                f"the broker's user openstack {words}; those connected already go on until they must connect anew",
                [Evidence(f"openstack: {words}", "rabbitmqctl eval", 0.0)],
                f"{FIX}   (restarts the broker, which sets its users at each start)",
                "rabbitmq",
            ),
            Layer.INFRASTRUCTURE,
            (),
            3.0,
            (Remedy("restart", "rabbitmq", f"its user openstack {words}"),),
        )
