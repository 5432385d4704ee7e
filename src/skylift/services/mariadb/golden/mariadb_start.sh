#!/bin/sh
# Start MariaDB. An empty volume first gets a data directory; one of another release is brought to this one.
set -eu
data=/var/lib/mysql/data

no_directory() {
    # The server says "error 28", and not last.
    free=$(df --output=avail --block-size=M /var/lib/mysql | tail -n 1)
    [ "${free%M}" -ge 200 ] || echo "No space left on device: the databases have$free, and need 200M to begin with" >&2
    exit 1
}

if [ ! -d "$data" ]; then
    # It gets its name when it is complete: an initialisation that was cut off is begun again.
    rm -rf "$data.new"
    mariadb-install-db --no-defaults --datadir="$data.new" --skip-test-db \
        --auth-root-authentication-method=socket --innodb-log-file-size=96M >/dev/null || no_directory
    sync "$data.new"
    mv "$data.new" "$data"
fi

# The tools of the server say which release (11.8.9-MariaDB) the server's own tables are of.
case "$(mariadbd --version)" in
    *"Ver $(cat "$data/mariadb_upgrade_info")"*) ;;
    *)
        socket=/run/mysqld/upgrade.sock
        mariadbd --no-defaults --datadir="$data" --socket="$socket" --skip-networking --skip-grant-tables --skip-ssl &
        server=$!
        until mariadb-admin --no-defaults --skip-ssl --socket="$socket" ping >/dev/null 2>&1; do
            kill -0 "$server" || { echo "the server ended before its tables could be upgraded" >&2; exit 1; }
            sleep 0.2
        done
        mariadb-upgrade --no-defaults --skip-ssl --socket="$socket"
        kill "$server"
        wait "$server"
        ;;
esac
exec mariadbd --defaults-file=/etc/mysql/my.cnf
