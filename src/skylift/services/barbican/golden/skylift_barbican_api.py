"""Barbican's API with its access rules loaded before the first request.

Barbican 23 shows its enforcer to other threads before the rules are registered: of two first requests at the same moment
one was answered 500, "Policy orders:post has not been registered".
"""

from barbican.common import policy
from barbican.wsgi.api import application

policy.init(suppress_deprecation_warnings=True)

__all__ = ["application"]
