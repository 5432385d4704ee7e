#!/bin/sh
# Make the base image's root file system: Debian trixie, minbase, then recipe.sh inside it. Runs on the machine.
#
#   bootstrap.sh STAGE TAR     STAGE: the folder that recipes see as /mnt (images/common.sh)
#
# mmdebstrap is fetched with the machine's own apt and run from STAGE: nothing gets installed.
set -eu
stage=$1
archive=$2

fail() { printf '%s\n' "$1"; exit 1; }
for tool in apt-get dpkg-deb perl tar; do
    command -v "$tool" >/dev/null || fail "$tool is absent: the base image is made with the tools of a Debian-like machine"
done

printf '@step fetching mmdebstrap\n'
mkdir -p "$stage/tool"
cd "$stage/tool"
# As root, apt downloads as a user of its own, who may not write here: it says so and goes on as root.
apt-get -q download mmdebstrap 2>error || {
    apt-get -q update && apt-get -q download mmdebstrap 2>error
} || { cat error; fail 'mmdebstrap could not be downloaded with apt-get'; }
dpkg-deb -x mmdebstrap_*.deb .
PATH="$stage/tool/usr/bin:$PATH"
export PATH

awk '!/^#/ && NF >= 2 { printf "Package: %s\nPin: version %s\nPin-Priority: 1001\n\n", $1, $2 }' \
    "$stage/debian.lock" >"$stage/preferences"
packages=$(sed -e 's/#.*//' "$stage/recipe/packages.txt" | tr -s ' \n' ',,' | sed -e 's/^,//' -e 's/,$//')
set --
[ ! -s "$stage/machine/auth.conf" ] || set -- "$@" --aptopt="Dir::Etc::netrc \"$stage/machine/auth.conf\""
while IFS= read -r line; do
    set -- "$@" --aptopt="$line"
done <<CONF
$(sed -e "s|/mnt/machine/|$stage/machine/|" "$stage/machine/apt.conf")
CONF
if [ -s "$stage/machine/sources.list" ]; then set -- "$@" trixie "$archive" "$stage/machine/sources.list"
else set -- "$@" trixie "$archive"; fi

# Devices and owners of a root file system are root's to make.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then exec "$@"; fi
    sudo -n true 2>/dev/null || fail "the minimal system has to be made by root: 'sudo -v' first, or build as root"
    exec sudo -n env PATH="$PATH" TMPDIR="$TMPDIR" LC_ALL="$LC_ALL" "$@"
}

printf '@step installing the minimal system\n'
as_root mmdebstrap --variant=minbase --format=tar --quiet \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Languages "none"' \
    --aptopt="Dir::Etc::preferences \"$stage/preferences\"" \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
    --include="$packages" --customize-hook="sh '$stage/recipe/finish.sh' '$stage' \"\$1\"" \
    "$@"
