# Migrate empty databases on the companion's server with the services' own commands, two at a time.
# For recipe.sh, and for the test that compares the result with a loaded dump. Needs /mnt/common.sh.
shared=/mnt/shared
socket=$shared/mysqld.sock

await() {
    for _ in $(seq 600); do
        [ ! -e "$1" ] || return 0
        sleep 0.1
    done
    echo "$1 did not appear within 60 s"
    exit 1
}

sql() { python -c 'import pymysql, sys
with pymysql.connect(unix_socket=sys.argv[1], user="root") as link, link.cursor() as cursor:
    for statement in sys.argv[2:]:
        cursor.execute(statement)' "$socket" "$@"; }

migrate() {
    begun=$(date +%s%N)
    config=/tmp/schema/$1.conf
    printf '[DEFAULT]\n[%s]\nconnection = mysql+pymysql://root@localhost/%s?unix_socket=%s\n' "$2" "$1" "$socket" >"$config"
    if ! sh -c "${3//CONFIG/$config}" >"/tmp/schema/$1.log" 2>&1; then
        tail -n 15 "/tmp/schema/$1.log"
        echo "migrating the empty database $1 failed"
        exit 1
    fi
    printf '@step %s migrated in %s ms\n' "$1" $((($(date +%s%N) - begun) / 1000000))
}

migrate_all() {
    step 'starting a database server'
    mkdir -p /tmp/schema
    await "$socket"
    cp /mnt/recipe/declared/databases.txt /tmp/schema/list
    cut -d ' ' -f 1 /tmp/schema/list >/tmp/schema/names
    while read -r database; do printf 'CREATE DATABASE %s\0' "$database"; done </tmp/schema/names >/tmp/schema/create
    for _ in 1 2 3 4 5; do
        # The socket is there a moment before the server listens on it.
        if mapfile -d '' -t statements </tmp/schema/create && sql "${statements[@]}" 2>/tmp/schema/error; then break; fi
        sleep 0.5
    done

    step 'migrating empty databases'
    export -f migrate
    export socket
    while read -r database section command; do
        printf '%s\0%s\0%s\0' "$database" "$section" "$command"
    done </tmp/schema/list | xargs -0 -n 3 -P 2 bash -c 'set -euo pipefail; migrate "$@"' migrate
}
