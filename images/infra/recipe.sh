# The infrastructure image: database, queue, cache, switch, hypervisor, proxy, all from Debian.
. /mnt/common.sh
machine_settings

step 'package lists'
apt_begin

step 'installing the packages'
# Large tools that nothing here uses: repair of storage engines that OpenStack does not use, a second
# build of the same emulator, the data base of hardware names.
cat >/etc/dpkg/dpkg.cfg.d/skylift <<'CONF'
path-exclude=/usr/bin/aria_*
path-exclude=/usr/bin/myisam*
path-exclude=/usr/bin/mariadb-slap
path-exclude=/usr/bin/mariadb-import
path-exclude=/usr/bin/qemu-system-i386
path-exclude=/usr/lib/udev/hwdb.d/*
CONF
# MariaDB's package would make a data directory that no image keeps: it does not where there is one.
install -d -o mysql -g mysql /var/lib/mysql/mysql
apt_install /mnt/recipe/packages.txt /mnt/recipe/declared/packages.txt
rm -rf /var/lib/mysql/* /var/lib/rabbitmq/* /etc/ssl/private/ssl-cert-snakeoil.key

step 'users and folders'
declared_users
service_user haproxy
install -d -o mysql -g mysql /run/mysqld /etc/mysql
install -d -o rabbitmq -g rabbitmq /etc/rabbitmq /var/log/rabbitmq
install -d /run/openvswitch /run/ovn /var/lib/openvswitch /var/lib/ovn /etc/ovn
rm -f /etc/libvirt/qemu/networks/default.xml /etc/libvirt/qemu/networks/autostart/default.xml
# Debian's own defaults would be read beside the file that kolla_set_configs writes.
rm -rf /etc/mysql/mariadb.conf.d/* /etc/mysql/conf.d/* /etc/openvswitch/conf.db*
printf '[rabbitmq_management].\n' >/etc/rabbitmq/enabled_plugins


step 'recording what was installed'
apt_end infra
