#!/bin/sh
# Start MariaDB; an empty volume first gets a data directory.
set -eu
data=/var/lib/mysql/data
if [ ! -d "$data" ]; then
    # It gets its name when it is complete: an initialisation that was cut off is begun again.
    rm -rf "$data.new"
    mariadb-install-db --no-defaults --datadir="$data.new" --skip-test-db \
        --auth-root-authentication-method=socket --innodb-log-file-size=96M >/dev/null
    sync "$data.new"
    mv "$data.new" "$data"
fi
exec mariadbd --defaults-file=/etc/mysql/my.cnf
