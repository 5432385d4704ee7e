# The image of Ceph's daemons, all from Debian.
. /mnt/common.sh
machine_settings

step 'package lists'
apt_begin

step 'installing the packages'
apt_install /mnt/recipe/declared/packages.txt

step 'users and folders'
# The packages make the user ceph, with the number that it has everywhere (64045).
declared_users
install -d -o ceph -g ceph /var/lib/ceph /var/run/ceph /etc/ceph
rm -f /etc/ceph/rbdmap

step 'recording what was installed'
apt_end ceph
