"""Neutron's API with its access rules loaded before the first request.

Neutron 29 shows its enforcer to other threads before the rules are in it: of two first requests at the same moment one
was answered 403 "rule:create_network is disallowed by policy" to the administrator.
"""

from neutron import policy
from neutron.wsgi.api import application

policy.init()

__all__ = ["application"]
