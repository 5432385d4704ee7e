# Horizon itself is in its parent's environment; here are its folders, and the static files of the usual sets.
. /mnt/common.sh
venv=/var/lib/kolla/venv
site=$(echo "$venv"/lib/python3.*/site-packages)
etc=/etc/openstack-dashboard
share=/usr/share/skylift/dashboard
declared=/mnt/recipe/declared/dashboards.txt

step 'users and folders'
declared_users
install -d -o root -g horizon -m 0755 /etc/horizon "$etc/local_settings.d" "$share/static"
install -d -o horizon -g horizon -m 0755 /var/lib/horizon/static
install -m 0644 /mnt/recipe/dashboard/local_settings.py "$site/openstack_dashboard/local/local_settings.py"
install -m 0644 /mnt/recipe/dashboard/wsgi.py /mnt/recipe/dashboard/assets.py /mnt/recipe/dashboard/mime.types "$share/"

step 'rules on who may do what'
cp -r "$site/openstack_dashboard/conf/." "$etc/"
cut -d ' ' -f 2 "$declared" >/tmp/modules
while read -r module; do
    if [ -d "$site/$module/conf" ]; then cp -r "$site/$module/conf/." "$etc/"; fi
done </tmp/modules
# Horizon's package has the rules of five services, heat-dashboard those of heat.
export DJANGO_SETTINGS_MODULE=openstack_dashboard.settings PYTHONWARNINGS=ignore HOME=/tmp
while read -r service _; do
    rules=$etc/default_policies/$service.yaml
    [ -e "$rules" ] || python3 -m django dump_default_policies --namespace "$service" --output-file "$rules"
    [ -e "$etc/${service}_policy.yaml" ] || echo '# The defaults hold.' >"$etc/${service}_policy.yaml"
done <"$declared"

# What most have: all that is on by default, that with one less, and that with one more.
step 'static files of the usual sets of dashboards'
python3 -P - "$declared" >/tmp/sets <<'PY'
import sys
lines = [line.split() for line in open(sys.argv[1])]
usual = frozenset(module for _, module, on in lines if on == "on")
sets = {usual} | {usual ^ {module} for _, module, _ in lines}
for one in sorted(sets, key=lambda one: (len(one), sorted(one))):
    print(",".join(sorted(one)) or "-")
PY
xargs -P 2 -n 1 env SKYLIFT_ASSETS="$share/static" python3 "$share/assets.py" </tmp/sets
if [ "$(find "$share/static" -maxdepth 2 -name complete | wc -l)" != "$(wc -l </tmp/sets)" ]; then
    echo 'the static files of two sets have the same name'
    exit 1
fi
rm /tmp/sets /tmp/modules

step 'caching entry points'
# As in the other OpenStack images, which get this while their schemas are made.
printf 'from stevedore import _cache\n_cache.get_group_all("keystoneauth1.plugin")\n' >/tmp/warm.py
python3 /tmp/warm.py
uwsgi --chdir "$venv" --wsgi-file /tmp/warm.py --need-app --http-socket 127.0.0.1:0 >/dev/null 2>&1 || true
rm /tmp/warm.py
chmod -R a+rX /usr/share/skylift/cache "$share"
