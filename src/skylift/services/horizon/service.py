"""Horizon: the dashboard, with the dashboards of the enabled services.

The image holds the static files of the usual sets of dashboards; its own settings (``images/horizon/dashboard/``) find
those that belong to the set in ``dashboards.json``, and have them made where there are none.
"""

from __future__ import annotations

from pathlib import Path

from skylift.model.service import Password, Service
from skylift.model.service_container import ConfigFile, Container, Extra, HttpCheck, Override
from skylift.model.service_image import Image, Packages
from skylift.services.common.overrides import whole

ETC = "/etc/openstack-dashboard"
SETTINGS = "_9998-kolla-settings.py"
CUSTOM = "_9999-custom-settings.py"


def rules(service: str) -> Extra:
    """Return a service's rules as Horizon is to believe them: which buttons it shows. The service itself judges."""
    names = (f"horizon/{service}_policy.yaml", f"horizon/{service}_policy.json")
    return Extra(names, ETC, verbatim=True)


OWN = whole("horizon", SETTINGS)
OVERRIDE = Override(
    OWN.names,
    how=OWN.how,
    extras=tuple(rules(name) for name in ("keystone", "glance", "nova", "neutron", "cinder", "heat", "octavia")),
)

SERVICE = Service(
    name="horizon",
    title="Dashboard",
    folder=Path(__file__).parent,
    containers=(
        Container(
            name="horizon",
            image=Image("horizon", "horizon", "horizon"),
            command="uwsgi --ini /etc/horizon/horizon-uwsgi.ini",
            files=(
                ConfigFile("horizon-uwsgi.ini.j2", "/etc/horizon/horizon-uwsgi.ini", "horizon"),
                ConfigFile("dashboards.json.j2", f"{ETC}/dashboards.json", "horizon"),
                ConfigFile(f"{SETTINGS}.j2", f"{ETC}/local_settings.d/{SETTINGS}", "horizon", override=OVERRIDE),
                ConfigFile(
                    f"{CUSTOM}.j2",
                    f"{ETC}/local_settings.d/{CUSTOM}",
                    "horizon",
                    override=whole("horizon", CUSTOM),
                ),
            ),
            # What a person sees first: it takes all of Django, the settings and the static files' list.
            check=HttpCheck(80, "/auth/login/", 200, port_key="horizon_port"),
            after=("memcached",),
            outage="the dashboard",
            page="dashboard",
            grace=3,
        ),
    ),
    passwords=(Password("horizon_secret_key"),),
    requires=("keystone", "glance", "nova", "neutron", "memcached"),
    uses=("cinder",),
    enabled_by="enable_horizon",
    package="horizon",
    proofs=("dashboard",),
    memory=170,
    packages=(Packages("openstack", python=("horizon==27.0.0",)),),
)
