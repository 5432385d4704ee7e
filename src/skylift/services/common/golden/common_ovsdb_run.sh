#!/bin/sh
# Run an OVSDB server in the foreground:  ovsdb_run DATABASE SCHEMA OPTION...
# An empty volume first gets a database; one of another release is converted.
set -eu
database=$1
schema=$2
shift 2
# One that ended in a kill has left its lock file and perhaps a half-made database behind.
rm -f "$database.new"
if [ ! -e "$database" ]; then
    ovsdb-tool create "$database.new" "$schema"
    mv "$database.new" "$database"
elif [ "$(ovsdb-tool needs-conversion "$database" "$schema")" = yes ]; then
    ovsdb-tool convert "$database" "$schema"
fi
exec ovsdb-server -vconsole:warn -vsyslog:off -vfile:off --no-chdir "$@"
