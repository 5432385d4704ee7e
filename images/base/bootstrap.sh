#!/bin/sh
# Make the first layer: Debian trixie, minbase. Runs on the machine, writes a tar archive.
#
#   bootstrap.sh WORK TAR     WORK: scratch folder with machine/ in it (see images/common.sh)
#
# mmdebstrap is fetched with the machine's own apt and run from WORK: nothing gets installed.
set -eu
work=$1
tar=$2
here=$(cd "$(dirname "$0")" && pwd)

fail() { printf '%s\n' "$1" >&2; exit 1; }
for tool in apt-get dpkg-deb perl tar; do
    command -v "$tool" >/dev/null || fail "$tool is absent: the base image is made with the tools of a Debian-like machine"
done

printf '@step fetching mmdebstrap\n'
if [ ! -x "$work/tool/usr/bin/mmdebstrap" ]; then
    mkdir -p "$work/tool"
    cd "$work/tool"
    apt-cache show mmdebstrap >/dev/null 2>&1 || apt-get -q update || fail 'apt-get update failed'
    # As root, apt downloads as a user of its own, who may not write here: it says so and goes on as root.
    apt-get -q download mmdebstrap 2>/dev/null || { apt-get -q update && apt-get -q download mmdebstrap; }
    dpkg-deb -x mmdebstrap_*.deb .
fi
PATH="$work/tool/usr/bin:$PATH"
export PATH

packages=$(sed -e 's/#.*//' "$here/packages.txt" | tr -s ' \n' ',,' | sed -e 's/^,//' -e 's/,$//')
set --
# The hook scripts of the package are found beside the program only when they are named.
if [ -s "$work/machine/sources.list" ]; then source="$work/machine/sources.list"; else source=''; fi
[ ! -s "$work/machine/auth.conf" ] || set -- "$@" --aptopt="Dir::Etc::netrc \"$work/machine/auth.conf\""
while IFS= read -r line; do
    case "$line" in ''|//*) ;; *) set -- "$@" --aptopt="$line" ;; esac
done <"$work/machine/apt.conf"

printf '@step installing the minimal system\n'
rm -f "$tar"
mmdebstrap --variant=minbase --format=tar --quiet \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt="Dir::Etc::preferences \"$work/preferences\"" \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    --include="$packages" \
    --customize-hook="$here/manifest.sh" \
    "$@" trixie "$tar" ${source:+"$source"}
