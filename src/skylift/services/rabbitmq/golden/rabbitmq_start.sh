#!/bin/sh
# At its start the broker reads every plug-in that it could enable, and their configuration schemas: half of the
# processor time of a start. No plug-in is enabled here, so it is shown a folder with just its own applications.
set -eu
applications=/tmp/rabbitmq-applications
rm -rf "$applications"
mkdir -m 0700 "$applications"
for application in /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins/rabbit-[0-9]* \
    /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins/rabbit_common-* \
    /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins/rabbitmq_prelaunch-*; do
    ln -s "$application" "$applications/"
done
export RABBITMQ_PLUGINS_DIR="$applications"
# Debian's wrapper of the same name in /usr/sbin would send the output to a file.
exec /usr/lib/rabbitmq/bin/rabbitmq-server
