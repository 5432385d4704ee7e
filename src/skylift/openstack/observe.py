"""What keystone and the other APIs say, for a plan."""

from __future__ import annotations

from collections.abc import Sequence

from skylift.model.desired import Resource
from skylift.model.observed import ObservedApis
from skylift.openstack.answers import together
from skylift.openstack.catalogue import Catalogue
from skylift.openstack.client import Api
from skylift.openstack.errors import ApiProblem
from skylift.openstack.resources import observe_all


def observe_apis(api: Api, resources: Sequence[Resource]) -> ObservedApis | None:
    """Return the catalogue, roles, service users and the named resources; None while keystone does not answer.

    About a dozen requests side by side. What another API does not answer is left out of ``resources``. Raises
    ApiProblem where keystone does answer and refuses the administrator.
    """
    try:
        api.login()
        (entries, accounts, roles), seen = together([Catalogue(api).observe, lambda: observe_all(api, resources)])
    except ApiProblem as problem:
        # 503 and the like: keystone's container is up, and what it needs is not.
        if problem.code == "api-unreachable" or problem.status >= 500:
            return None
        raise
    return ObservedApis(entries, accounts, roles, seen)
