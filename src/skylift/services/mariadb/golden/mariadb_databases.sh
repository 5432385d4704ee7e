#!/bin/sh
# Make the databases and their users; the first failing statement ends it.
set -eu
exec mariadb --defaults-file=/etc/mysql/client.cnf --batch </etc/mysql/databases.sql
