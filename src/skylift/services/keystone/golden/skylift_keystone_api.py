"""Keystone's API with its access rules loaded before the first request.

Keystone 30 shows its enforcer to other threads before the rules are registered: of two first requests at the same moment
one was answered 403 "not authorized to perform the requested action: identity:list_roles" to the administrator.
"""

from keystone.common.rbac_enforcer import policy
from keystone.wsgi.api import application

# Every rule whose default changed would be named in the log at each start.
policy._ENFORCER.suppress_deprecation_warnings = True
policy._ENFORCER._enforcer.load_rules()

__all__ = ["application"]
