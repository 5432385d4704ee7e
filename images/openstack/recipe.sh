# The OpenStack image: all services in one virtual environment.
. /mnt/common.sh
machine_settings
venv=/var/lib/kolla/venv

step 'package lists'
apt_begin

step 'installing the Debian packages'
apt_install /mnt/recipe/declared/packages.txt
# Only its files: the package wants a JavaScript runtime for a proxy that nova brings itself.
(cd /tmp && apt-get -q download novnc && dpkg-deb -x novnc_*.deb novnc)
mv /tmp/novnc/usr/share/novnc /usr/share/novnc
rm -rf /tmp/novnc /tmp/novnc_*.deb

step 'recording what was installed'
apt_end openstack

step 'installing the Python packages'
python3 -m venv --system-site-packages --without-pip "$venv"
ln -s "$(basename "$venv"/lib/python3.*)" "$venv/lib/python3"
# The cache is on the same file system, so that files are linked instead of copied.
/mnt/bin/uv --no-config --cache-dir /var/tmp/uv pip install --python "$venv/bin/python" --no-deps --no-build --require-hashes \
    --link-mode hardlink --requirements /mnt/recipe/requirements.lock

step 'compiling byte code'
rm -rf /var/tmp/uv
# The services' own tests are a fifth of the files. (An entry point of glance_store names a module of its tests.)
find "$venv" -type d -name tests -not -path '*/glance_store/*' -prune -exec rm -rf {} +
python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash "$venv/lib" >/dev/null || true

step 'users, folders and default configuration'
declared_users
while read -r user _; do
    install -d -o root -g "$user" -m 0755 "/etc/$user"
    if [ -d "$venv/etc/$user" ]; then cp -r "$venv/etc/$user/." "/etc/$user/"; fi
done </mnt/recipe/declared/users.txt
install -d -o nova -g nova /var/lib/nova/instances
# Every process start reads all entry points; what the schemas' migrations cache here, all others find.
install -d /usr/share/skylift/cache

step 'listing the options that each service knows'
# Its cache of entry points has other keys than the programs'.
XDG_CACHE_HOME=/tmp/cache "$venv/bin/python" -W ignore /mnt/recipe/options.py /usr/share/skylift/options </mnt/recipe/declared/options.txt
rm -rf /tmp/cache
