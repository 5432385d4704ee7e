# Migrate empty databases with the services' own commands, and keep the result as SQL.
. /mnt/common.sh
. /mnt/recipe/migrate.sh
out=/usr/share/skylift/schema
# Some indexes are made in the order of a Python set: let that be the same in every build.
export PYTHONHASHSEED=0

migrate_all

step 'keeping the schemas'
mkdir -p "$out"
cp /tmp/schema/names "$shared/migrated.part"
mv "$shared/migrated.part" "$shared/migrated"
await "$shared/dumped"
while read -r database; do
    # No time stamp in the archive: equal schemas are equal files.
    gzip -9n <"$shared/dump/$database.sql" >"$out/$database.sql.gz"
    echo "$database" $(sed -n "/^INSERT INTO .alembic_version/,/;/s/^('\(.*\)')[,;]$/\1/p" "$shared/dump/$database.sql") >>"$out/revisions.txt"
done </tmp/schema/names
# Nova's cell 0 has the schema of every cell.
ln -s nova.sql.gz "$out/nova_cell0.sql.gz"
rm -rf /tmp/schema

step 'caching entry points'
# The commands above have left the cache of programs. The key is Python's search path: scripts that are started with -P
# and APIs under uWSGI have others.
cache=/usr/share/skylift/cache/python-entrypoints
printf 'from stevedore import _cache\n_cache.get_group_all("oslo.config.opts")\n' >/tmp/warm.py
python3 -P /tmp/warm.py
# It ends by itself, as the script is no application.
uwsgi --chdir /var/lib/kolla/venv --wsgi-file /tmp/warm.py --need-app --http-socket 127.0.0.1:0 >/dev/null 2>&1 || true
rm /tmp/warm.py
if [ "$(ls "$cache" | wc -l)" -lt 3 ]; then echo 'the cache of entry points is incomplete'; exit 1; fi
# Written by root above, read by every service user.
chmod -R a+rX /usr/share/skylift/cache
