#!/bin/sh
# A file, because config.json's command knows no addresses. -U 0: no UDP, which others could use to amplify.
exec /usr/bin/memcached -l 172.24.0.16 -p 11211 -U 0 -m 64 -c 2000 -t 1
