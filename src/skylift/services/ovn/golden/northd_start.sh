#!/bin/sh
# A file, because config.json's command knows no addresses.
exec ovn-northd -vconsole:warn -vsyslog:off -vfile:off --no-chdir --unixctl=/run/ovn/ovn-northd.ctl --n-threads=1 \
    --ovnnb-db=tcp:172.24.0.16:6641 --ovnsb-db=tcp:172.24.0.16:6642
