# Beside recipe.sh, in the infrastructure image: a throwaway database server on a socket in /mnt/shared,
# then, when /mnt/shared/migrated appears, the dumps.
set -euo pipefail
shared=/mnt/shared
data=/tmp/data

mkdir -p "$data" "$shared/dump"
chown mysql:mysql "$data" "$shared"
mariadb-install-db --user=mysql --datadir="$data" --skip-test-db --auth-root-authentication-method=normal >/dev/null 2>&1
# Nothing here has to survive a crash: no flushing.
mariadbd --user=mysql --datadir="$data" --skip-networking --socket="$shared/mysqld.sock" --pid-file=/tmp/mariadbd.pid \
    --skip-log-bin --innodb-flush-log-at-trx-commit=0 --skip-innodb-doublewrite --innodb-buffer-pool-size=256M \
    --innodb-flush-method=nosync --skip-grant-tables $(cat /mnt/recipe/server-options.txt) &

until [ -e "$shared/migrated" ]; do sleep 0.1; done

dump() {
    mariadb-dump --socket="$shared/mysqld.sock" --user=root --default-character-set=utf8mb4 --hex-blob --order-by-primary \
        --skip-comments --skip-dump-date --skip-add-drop-table --skip-add-locks --skip-disable-keys --skip-lock-tables \
        --no-tablespaces "$@" | sed -e '/^\/\*M!999999/d'
}
while read -r database; do
    # The revision comes last: a load that was cut off is known by its absence.
    { dump --ignore-table="$database.alembic_version" "$database"; dump "$database" alembic_version; } >"$shared/dump/$database.sql"
done <"$shared/migrated"
touch "$shared/dumped"
# The recipe ends this container when it has taken the dumps.
wait
