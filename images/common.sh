# What every recipe shares. A recipe runs as root in a container made from its parent image, with
# /mnt mounted read-only:
#   /mnt/common.sh        this file
#   /mnt/recipe/          the family's own folder; in declared/ what the services say of it
#   /mnt/debian.lock      package, version and SHA-256 of what the Debian families install
#   /mnt/machine/         the machine's package settings: sources.list, apt.conf, auth.conf, ca.crt, env
#   /mnt/bin/uv           installer of Python packages
# and /var/lib/apt/lists mounted writable: the recipes of one build share the package lists.
# Mounting over folders that every image has means that nothing of them stays in the image.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
umask 022

step() { printf '@step %s\n' "$1"; }
notice() { printf '@notice %s\n' "$1"; }

machine_settings() {
    set -a
    # shellcheck source=/dev/null
    [ ! -e /mnt/machine/env ] || . /mnt/machine/env
    set +a
}

# Take the machine's mirrors, proxies and credentials for as long as the recipe runs.
apt_begin() {
    mkdir -p /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/preferences.d
    if [ -s /mnt/machine/sources.list ]; then
        if [ -e /etc/apt/sources.list ]; then mv /etc/apt/sources.list /etc/apt/sources.list.image; fi
        cp /mnt/machine/sources.list /etc/apt/sources.list
    fi
    cp /mnt/machine/apt.conf /etc/apt/apt.conf.d/99build
    cat >>/etc/apt/apt.conf.d/99build <<'CONF'
APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
Acquire::Retries "3";
DPkg::Use-Pty "false";
DPkg::Options { "--force-unsafe-io"; "--force-confold"; };
CONF
    [ ! -s /mnt/machine/auth.conf ] || install -m 0600 /mnt/machine/auth.conf /etc/apt/auth.conf.d/build.conf
    awk '!/^#/ && NF >= 2 { printf "Package: %s\nPin: version %s\nPin-Priority: 1001\n\n", $1, $2 }' \
        /mnt/debian.lock >/etc/apt/preferences.d/build
    # Daemons must not start in a build; their scripts ask this file.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    dpkg-query -W -f '${Package} ${Version}\n' | sort >/tmp/packages.before
    # Whoever comes first fetches the lists.
    (
        flock 9
        [ -e /var/lib/apt/lists/fetched ] || { apt-get -q update && touch /var/lib/apt/lists/fetched; }
    ) 9>/var/lib/apt/lists/flock
}

# Install the packages of lists.
apt_install() {
    # shellcheck disable=SC2046
    apt-get -q -y install $(cat "$@" | sed -e 's/#.*//')
}

# Write what was installed to a manifest, then take the machine's settings away again.
apt_end() {
    dpkg-query -W -f '${Package} ${Version}\n' | sort >/tmp/packages.after
    comm -13 /tmp/packages.before /tmp/packages.after | sed 's/ /=/' >/tmp/packages.new
    mkdir -p /usr/share/skylift/manifest
    if [ -s /tmp/packages.new ]; then
        xargs apt-cache show --no-all-versions </tmp/packages.new | awk '
            $1 == "Package:" { name = $2 } $1 == "Version:" { version = $2 }
            $1 == "SHA256:" { print name, version, $2 }' | sort -u >"/usr/share/skylift/manifest/$1.debian"
    else
        : >"/usr/share/skylift/manifest/$1.debian"
    fi
    apt-get clean
    if [ -e /etc/apt/sources.list.image ]; then
        mv /etc/apt/sources.list.image /etc/apt/sources.list
    elif [ -s /mnt/machine/sources.list ]; then
        rm -f /etc/apt/sources.list
    fi
    rm -rf /etc/apt/apt.conf.d/99build /etc/apt/auth.conf.d/build.conf /etc/apt/preferences.d/build \
        /usr/sbin/policy-rc.d /tmp/packages.* /var/cache/apt/* \
        /var/log/dpkg.log /var/log/apt /var/log/alternatives.log /var/cache/debconf/*-old /var/lib/dpkg/*-old
    check_lock "/usr/share/skylift/manifest/$1.debian"
}

# The same version with other content is an attack or a broken mirror; another version is news.
check_lock() {
    awk '
        NR == FNR { if ($0 !~ /^#/ && NF >= 3) { version[$1] = $2; sum[$1] = $3 } next }
        !($1 in version) { printf "@notice %s %s is not in the lock\n", $1, $2; next }
        version[$1] != $2 { printf "@notice %s %s instead of the locked %s\n", $1, $2, version[$1]; next }
        sum[$1] != $3 { printf "%s %s has SHA-256 %s, the lock says %s\n", $1, $2, $3, sum[$1]; bad = 1 }
        END { exit bad }
    ' /mnt/debian.lock "$1" || { echo 'a package has other content than the lock says'; exit 1; }
}

# Folders and memberships of a service user, as Kolla lays them out.
service_user() {
    usermod --home "${2:-/var/lib/$1}" --append --groups "kolla${3:+,$3}" "$1"
    install -d -o "$1" -g "$1" "${2:-/var/lib/$1}"
}

# The users of the services whose images are of this family.
declared_users() {
    while read -r name home groups; do service_user "$name" "$home" "$groups"; done </mnt/recipe/declared/users.txt
}
