# The base image: Kolla's users, its scripts and its entry point on a minimal Debian.
. /mnt/common.sh
machine_settings

step 'users and groups'
# Before any package that would make some of them with other numbers.
python3 /mnt/recipe/users.py </mnt/recipe/users.txt
# So that adduser in packages' scripts takes them for the system users they ask for.
printf 'LAST_SYSTEM_UID=59999\nLAST_SYSTEM_GID=59999\n' >/etc/adduser.conf

step 'the scripts of the kolla package'
/mnt/bin/uv --no-config --quiet --cache-dir /tmp/uv pip install --python /usr/bin/python3 --target /tmp/kolla \
    --no-deps --require-hashes --requirements /mnt/recipe/kolla.lock
scripts=/tmp/kolla/kolla/docker
install -m 0755 "$scripts/base/set_configs.py" /usr/local/bin/kolla_set_configs
install -m 0755 "$scripts/base/start.sh" /usr/local/bin/kolla_start
install -m 0755 "$scripts/base/copy_cacerts.sh" /usr/local/bin/kolla_copy_cacerts
install -m 0755 "$scripts/base/install_projects.sh" /usr/local/bin/kolla_install_projects
for check in curl filemod listen port socket; do
    install -m 0755 "$scripts/base/healthcheck_$check" "/usr/local/bin/healthcheck_$check"
done
install -m 0755 "$scripts/rabbitmq/healthcheck_rabbitmq" /usr/local/bin/healthcheck_rabbitmq
install -m 0755 "$scripts/mariadb-server/healthcheck_mariadb" /usr/local/bin/healthcheck_mariadb
install -m 0440 "$scripts/base/sudoers" /etc/sudoers
rm -rf /tmp/kolla /tmp/uv

# kolla_start sources it; the image names that have something to do there bring their own.
install -m 0644 /dev/null /usr/local/bin/kolla_extend_start
install -d -m 0755 /var/lib/kolla /var/lib/kolla/config_files /etc/kolla/defaults
install -d -m 2775 -g kolla /var/log/kolla
# Left by mmdebstrap: the settings of the machine it ran on.
rm -f /etc/apt/apt.conf.d/99mmdebstrap
[ ! -s /mnt/machine/sources.list ] || rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
check_lock /usr/share/skylift/manifest/base.debian
