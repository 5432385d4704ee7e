"""passwords.yml files that are wrong, one a row: what is written, the line, the code, words of the detail."""

from __future__ import annotations

from tests.unit.settings.malformed.place import passwords

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\n    s3cr3t\n    -----END OPENSSH PRIVATE KEY-----"


def pair(private: str = KEY, public: str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me") -> str:
    """Return the lines of an SSH key."""
    return f"demo_ssh_key:\n  private_key: |\n    {private}\n  public_key: {public}\n"


PASSWORDS: list[tuple[str, int, str, str]] = [
    # the form of the file
    ("- s3cret", 1, "settings-not-a-mapping", "list"),
    ("s3cret-and-no-key", 1, "settings-not-a-mapping", "single value"),
    ("nova_database_password: s3cret: more", 1, "settings-yaml", "second colon"),
    ("nova_database_password: 's3cret", 1, "settings-yaml", "quote"),
    ("nova_database_password: s3cret-one\n\tglance_database_password: x", 2, "settings-yaml", "tab"),
    ("nova_database_password: s3cret-one\nnova_database_password: s3cret-two", 2, "settings-duplicate-key", "line 1"),
    ("nova_database_password: &a s3cret-one\nglance_database_password: *b", 2, "settings-yaml", "anchor"),
    ("<<: {nova_database_password: s3cret-one}", 1, "settings-yaml", "merge"),
    ("nova_database_password: s3cret-one\n---\nglance_database_password: s3cret-two", 2, "settings-yaml", "document"),
    ("nova_database_password: s3cret\x00one", 1, "settings-yaml", "control character"),
    ("{nova_database_password: s3cret-one}", 1, "settings-yaml", "braces"),
    (passwords() + "glance_database_password: s3cret-two\n", passwords().count("\n") + 1, "settings-duplicate-key", ""),
    # values
    ("nova_database_password: ''", 1, "passwords-value", "empty"),
    ('nova_database_password: ""', 1, "passwords-value", "empty"),
    ("nova_database_password: s3cr", 1, "passwords-value", "4 letters"),
    ("keystone_admin_password: admin", 1, "passwords-value", "5 letters"),
    ("nova_database_password: [s3cret-one]", 1, "passwords-value", "single value"),
    ("nova_database_password: {a: s3cret}", 1, "passwords-value", "single value"),
    ('nova_database_password: "s3cret\\none"', 1, "passwords-value", "line break"),
    ("nova_database_password: |\n  s3cret-one\n  s3cret-two\n", 1, "passwords-value", "line break"),
    ('nova_database_password: "s3cret\\x07one"', 1, "passwords-value", "control character"),
    ("nova_database_password: !vault s3cret-one", 1, "passwords-value", "!vault"),
    ("nova_database_password: !!binary czNjcmV0", 1, "passwords-value", "!!binary"),
    ("my_own_password: [s3cret]", 1, "passwords-value", "single value"),
    # kinds
    ("rbd_secret_uuid: s3cret-one", 1, "passwords-value", "UUID"),
    ("ceph_cluster_fsid: 12345678-1234-1234-1234", 1, "passwords-value", "UUID"),
    ("ceph_mon_key: s3cret-one", 1, "passwords-value", "key of Ceph"),
    ("ceph_admin_key: czNjcmV0czNjcmV0", 1, "passwords-value", "key of Ceph"),
    ("barbican_crypto_key: s3cret-one", 1, "passwords-value", "Fernet"),
    ("barbican_crypto_key: czNjcmV0czNjcmV0czNjcmV0czNjcmV0", 1, "passwords-value", "Fernet"),
    ("demo_ssh_key: s3cret-one", 1, "passwords-value", "private_key and public_key"),
    ("demo_ssh_key:\n  private_key: s3cret", 1, "passwords-value", "private_key and public_key"),
    (pair(private="s3cret"), 1, "passwords-value", "private_key that is none"),
    (pair(private="-----BEGIN OPENSSH PRIVATE KEY-----\n    s3cret"), 1, "passwords-value", "private_key that is none"),
    (pair(public="s3cret"), 1, "passwords-value", "public_key that is none"),
    (pair(public="ssh-ed25519 s3cret"), 1, "passwords-value", "public_key that is none"),
    (pair(public="ssh-rsa AAAAC3NzaC1lZDI1NTE5"), 1, "passwords-value", "public_key that is none"),
    # names
    ("keystone_admin_pasword: s3cret-one", 1, "passwords-name", "keystone_admin_password is missing"),
    ("Nova_Database_Password: s3cret-one", 1, "passwords-name", "nova_database_password is missing"),
    ("nova-database-password: s3cret-one", 1, "passwords-name", "nova_database_password is missing"),
    (
        "glance_keystone_password: s3cret-one\n\nglance_databse_password: s3cret-two",
        3,
        "passwords-name",
        "glance_database",
    ),
]
