"""Make keystone's keys, its first user, the services' users and the catalogue; repeating it corrects what differs.

One process does what `keystone-manage fernet_setup`, `credential_setup`, `bootstrap` and a hundred API requests do, so
that nothing has to wait for keystone's API; passwords come from a file instead of an argument or the environment.
"""

import json
import pathlib
import re
import uuid

from keystone import exception
from keystone.cmd import bootstrap
from keystone.common import fernet_utils
from keystone.credential.providers import fernet as credential
from keystone.server import configure

PROVIDERS = bootstrap.PROVIDERS
CONF = bootstrap.CONF
GENERATED = re.compile("[A-Za-z0-9]{40}")
FEWEST_ROUNDS = 4


def make_keys(repository, active, group):
    """Make the keys of a repository that has none yet."""
    pathlib.Path(repository).chmod(0o700)
    fernet_utils.FernetUtils(repository, active, group).initialize_key_repository()


def prepare_hashing(password):
    """Choose how many rounds the password's hash takes at each login.

    They are to make guesses slow. Nobody guesses forty random letters and digits, however quick one guess is: for those
    the fewest will do, and a login takes 1 ms of a core instead of 60. A password of somebody's own gets all.
    """
    CONF.clear_override("password_hash_rounds", "identity")
    if GENERATED.fullmatch(password):
        CONF.set_override("password_hash_rounds", FEWEST_ROUNDS, "identity")


def make_domains(domains):
    """Make the domains that services keep users in, switch on those that are off, and return the ids of all."""
    api = PROVIDERS.resource_api
    known = {one["name"]: one for one in api.list_domains()}
    for domain in domains:
        if domain["name"] not in known:
            known[domain["name"]] = create(api.create_domain, {**domain, "enabled": True})
        elif not known[domain["name"]]["enabled"]:
            api.update_domain(known[domain["name"]]["id"], {"enabled": True})
    return {name: one["id"] for name, one in known.items()}


def make_accounts(accounts, default, domains):
    """Make project service and the services' users in it, with the passwords and roles they should have.

    A user of another domain has its roles on that.
    """
    identity, assignment = PROVIDERS.identity_api, PROVIDERS.assignment_api
    try:
        project = PROVIDERS.resource_api.get_project_by_name("service", default)
    except exception.ProjectNotFound:
        fields = {"name": "service", "domain_id": default, "enabled": True}
        project = create(PROVIDERS.resource_api.create_project, fields)
    roles = {role["name"]: role["id"] for role in PROVIDERS.role_api.list_roles()}
    for account in accounts:
        domain = domains[account["domain"]] if account["domain"] else default
        fields = {"domain_id": domain, "enabled": True}
        fields |= {key: account[key] for key in ("name", "description", "password")}
        prepare_hashing(account["password"])
        try:
            user = identity.get_user_by_name(account["name"], domain)
        except exception.UserNotFound:
            user = identity.create_user(fields)
        else:
            if not user["enabled"]:
                identity.update_user(user["id"], {"enabled": True})
            try:
                identity.driver.authenticate(user["id"], account["password"])
            except AssertionError:
                identity.update_user(user["id"], {"password": account["password"]})
        for name in account["roles"]:
            if name not in roles:
                roles[name] = create(PROVIDERS.role_api.create_role, {"name": name})["id"]
            if account["domain"]:
                assignment.create_grant(roles[name], user_id=user["id"], domain_id=domain)
            else:
                grant(user["id"], project["id"], roles[name])


def grant(user, project, role):
    try:
        PROVIDERS.assignment_api.add_role_to_user_and_project(user, project, role)
    except exception.Conflict:
        pass  # it has the role already


def make_roles(names, granted, user, project):
    """Make the roles that services expect to be there, and give the administrator those that are ``granted``."""
    known = {role["name"]: role["id"] for role in PROVIDERS.role_api.list_roles()}
    for name in names:
        if name not in known:
            known[name] = create(PROVIDERS.role_api.create_role, {"name": name})["id"]
        if name in granted:
            grant(user, project, known[name])


def make_catalogue(entries, region):
    """List each service once, with its URL on all three interfaces."""
    api = PROVIDERS.catalog_api
    services = {(one["type"], one.get("name")): one["id"] for one in api.list_services()}
    endpoints = {(one["service_id"], one["interface"]): one for one in api.list_endpoints() if one["region_id"] == region}
    for entry in entries:
        service = services.get((entry["type"], entry["name"]))
        if service is None:
            fields = {key: entry[key] for key in ("type", "name", "description")}
            service = create(api.create_service, {**fields, "enabled": True})["id"]
        for interface in ("public", "internal", "admin"):
            fields = {"service_id": service, "interface": interface, "region_id": region, "url": entry["url"]}
            known = endpoints.get((service, interface))
            if known is None:
                create(api.create_endpoint, {**fields, "enabled": True})
            elif known["url"] != entry["url"]:
                api.update_endpoint(known["id"], {"url": entry["url"]})


def create(method, fields):
    identity = uuid.uuid4().hex
    return method(identity, {"id": identity, **fields})


def main():
    wanted = json.loads(pathlib.Path("/etc/keystone/bootstrap.json").read_text())
    configure(config_files=["/etc/keystone/keystone.conf"])
    make_keys(CONF.fernet_tokens.key_repository, CONF.fernet_tokens.max_active_keys, "fernet_tokens")
    make_keys(CONF.credential.key_repository, credential.MAX_ACTIVE_KEYS, "credential")
    run = bootstrap.Bootstrapper()
    run.admin_username = wanted["user"]
    run.admin_password = wanted["password"]
    run.project_name = wanted["project"]
    run.admin_role_name = "admin"
    run.service_name = "keystone"
    run.region_id = wanted["region"]
    run.public_url = run.internal_url = run.admin_url = wanted["url"]
    run.immutable_roles = True
    prepare_hashing(wanted["password"])
    run.bootstrap()
    default = run.default_domain_id
    make_accounts(wanted["accounts"], default, make_domains(wanted["domains"]))
    user = PROVIDERS.identity_api.get_user_by_name(wanted["user"], default)["id"]
    project = PROVIDERS.resource_api.get_project_by_name(wanted["project"], default)["id"]
    make_roles(wanted["roles"], wanted["granted"], user, project)
    make_catalogue(wanted["catalogue"], wanted["region"])


main()
