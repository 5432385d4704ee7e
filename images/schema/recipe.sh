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
# Written by root above, read by every service user.
chmod -R a+rX /usr/share/skylift/cache
