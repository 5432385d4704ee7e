# Run the guest image's own build with the machine's package settings.
. /mnt/common.sh
machine_settings

step 'package lists'
apt_begin

step 'building the guest image'
sh /mnt/recipe/build.sh /usr/share/skylift/guest

apt_end skylift-tiny
