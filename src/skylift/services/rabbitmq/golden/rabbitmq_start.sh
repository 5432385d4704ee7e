#!/bin/sh
# Erlang looks for each of some nine hundred modules in a hundred folders, one after another: 25,000 opens that fail
# are half of the broker's start. One folder with links to all of them, searched first, ends that.
set -eu
links=/tmp/rabbitmq-code
rm -rf "$links"
mkdir -m 0700 "$links"
find /usr/lib/erlang/lib /usr/lib/rabbitmq/lib -path '*/ebin/*.beam' -exec ln -sf -t "$links" {} +
export RABBITMQ_SERVER_CODE_PATH="$links"
# Otherwise it would be guessed from where the modules are.
for plugins in /usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins; do export RABBITMQ_PLUGINS_DIR="$plugins"; done
# Debian's wrapper of the same name in /usr/sbin would send the output to a file.
exec /usr/lib/rabbitmq/bin/rabbitmq-server
