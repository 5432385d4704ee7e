# Horizon's settings, as far as they are no defaults. What is in _9999-custom-settings.py has the last word.
DEBUG = False
WEBROOT = "/"
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "HORIZON_SECRET_KEY"
TIME_ZONE = "UTC"

# A session is in the cache and ends with the browser's; all of them end when the secret key is another.
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
        "LOCATION": "172.24.0.16:11211",
        "KEY_PREFIX": "horizon",
    },
}

OPENSTACK_HOST = "172.24.0.16"
OPENSTACK_KEYSTONE_URL = "http://172.24.0.16:5000/v3"
OPENSTACK_KEYSTONE_DEFAULT_ROLE = "member"
OPENSTACK_KEYSTONE_MULTIDOMAIN_SUPPORT = False
OPENSTACK_ENDPOINT_TYPE = "internalURL"
OPENSTACK_API_VERSIONS = {"identity": 3, "image": 2, "volume": 3, "compute": 2}

# Images go through Horizon: Glance has another address than the page, which a browser would need leave for.
HORIZON_IMAGES_UPLOAD_MODE = "legacy"
CONSOLE_TYPE = "AUTO"

LAUNCH_INSTANCE_DEFAULTS = {
    "config_drive": False,
    # A guest's disk is its host's, unless a volume is asked for.
    "create_volume": False,
    "hide_create_volume": False,
    "disable_image": False,
    "disable_instance_snapshot": False,
    "disable_volume": False,
    "disable_volume_snapshot": False,
    "enable_scheduler_hints": True,
    "enable_metadata": True,
    "enable_net_ports": True,
    "default_availability_zone": "Any",
}

# The summary's charts of processors divide by the number of dedicated ones, which is none.
SHOW_RESOURCE_PROVIDER_SUMMARY = False

OPENSTACK_CINDER_FEATURES = {"enable_backup": True}

OPENSTACK_NEUTRON_NETWORK = {
    "enable_router": True,
    "enable_quotas": True,
    "enable_ipv6": True,
    # OVN's routers have neither mode: they are both by themselves.
    "enable_distributed_router": False,
    "enable_ha_router": False,
    "enable_fip_topology_check": True,
    "supported_provider_types": ["flat", "geneve"],
    "supported_vnic_types": ["*"],
    "physical_networks": ["physnet1"],
}

OPENSTACK_HYPERVISOR_FEATURES = {
    "can_set_mount_point": False,
    "can_set_password": False,
    "requires_keypair": False,
    "enable_quotas": True,
}

# Log lines go to stderr, where `skylift logs` finds them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "operation": {"format": "%(asctime)s %(message)s"},
    },
    "handlers": {
        "null": {"class": "logging.NullHandler"},
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "operation": {"class": "logging.StreamHandler", "formatter": "operation"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "horizon.operation_log": {"handlers": ["operation"], "level": "INFO", "propagate": False},
        "django.db.backends": {"handlers": ["null"], "propagate": False},
        "requests": {"handlers": ["null"], "propagate": False},
        "urllib3": {"handlers": ["null"], "propagate": False},
        "scss": {"handlers": ["null"], "propagate": False},
        "iso8601": {"handlers": ["null"], "propagate": False},
    },
}

# What the form for rules of security groups offers by name.
SECURITY_GROUP_RULES = {
    "all_tcp": {"name": "All TCP", "ip_protocol": "tcp", "from_port": "1", "to_port": "65535"},
    "all_udp": {"name": "All UDP", "ip_protocol": "udp", "from_port": "1", "to_port": "65535"},
    "all_icmp": {"name": "All ICMP", "ip_protocol": "icmp", "from_port": "-1", "to_port": "-1"},
    "ssh": {"name": "SSH", "ip_protocol": "tcp", "from_port": "22", "to_port": "22"},
    "smtp": {"name": "SMTP", "ip_protocol": "tcp", "from_port": "25", "to_port": "25"},
    "dns": {"name": "DNS", "ip_protocol": "tcp", "from_port": "53", "to_port": "53"},
    "http": {"name": "HTTP", "ip_protocol": "tcp", "from_port": "80", "to_port": "80"},
    "pop3": {"name": "POP3", "ip_protocol": "tcp", "from_port": "110", "to_port": "110"},
    "imap": {"name": "IMAP", "ip_protocol": "tcp", "from_port": "143", "to_port": "143"},
    "ldap": {"name": "LDAP", "ip_protocol": "tcp", "from_port": "389", "to_port": "389"},
    "https": {"name": "HTTPS", "ip_protocol": "tcp", "from_port": "443", "to_port": "443"},
    "smtps": {"name": "SMTPS", "ip_protocol": "tcp", "from_port": "465", "to_port": "465"},
    "imaps": {"name": "IMAPS", "ip_protocol": "tcp", "from_port": "993", "to_port": "993"},
    "pop3s": {"name": "POP3S", "ip_protocol": "tcp", "from_port": "995", "to_port": "995"},
    "ms_sql": {"name": "MS SQL", "ip_protocol": "tcp", "from_port": "1433", "to_port": "1433"},
    "mysql": {"name": "MySQL", "ip_protocol": "tcp", "from_port": "3306", "to_port": "3306"},
    "rdp": {"name": "RDP", "ip_protocol": "tcp", "from_port": "3389", "to_port": "3389"},
}
