#!/bin/sh
# Ensure that a container engine answers on the Docker socket; do nothing if one does already.
#
#   sh scripts/engine.sh            install (Debian-like machines) and start what is missing
#   sh scripts/engine.sh --check    only tell whether an engine answers: exit 0 or 1
#
# Nothing else on the machine is changed. Safe to repeat, also after the daemon was killed.
# Without a service manager the daemon runs detached; its log is /var/log/dockerd.log.
set -eu

WAIT_SECONDS=${SKYLIFT_ENGINE_WAIT:-60}
LOG=/var/log/dockerd.log

fail() {
    printf 'skylift: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

say() { printf 'engine: %s\n' "$1"; }

# The socket's path, or nothing where DOCKER_HOST names an engine elsewhere.
socket_path() {
    case "${DOCKER_HOST:-}" in
        '') echo /var/run/docker.sock ;;
        unix://*) echo "${DOCKER_HOST#unix://}" ;;
        *) echo '' ;;
    esac
}

# Ask the engine over HTTP: /_ping answers OK. Python is there on every machine that runs
# Skylift, a docker client is not.
answers() {
    python3 - "${DOCKER_HOST:-unix:///var/run/docker.sock}" <<'PY' 2>/dev/null
import socket, sys
address = sys.argv[1]
if address.startswith("unix://"):
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(5)
    link.connect(address[7:])
elif address.startswith("tcp://"):
    host, _, port = address[6:].partition(":")
    link = socket.create_connection((host, int(port or 2375)), 5)
else:
    sys.exit(2)
link.sendall(b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n")
sys.exit(0 if b" 200 " in link.recv(64) else 1)
PY
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null 2>&1; then sudo "$@"
    else fail 'installing or starting a container engine needs root, and sudo is absent' \
        'Run this as root, or start an engine yourself and set DOCKER_HOST.'
    fi
}

install_engine() {
    command -v apt-get >/dev/null 2>&1 || fail \
        'no container engine answers, and this machine has no apt-get to install one with' \
        'Install and start Docker Engine with the means of your distribution, then run this again.'
    say 'installing docker.io from the distribution'
    # The lists of a fresh machine are often absent: fetch them only when the package is not known.
    if ! apt-cache show docker.io >/dev/null 2>&1; then
        as_root apt-get -qq update >/dev/null || say 'apt-get update had errors; going on'
    fi
    # dpkg's own start of the service would fail or race with ours, hence RUNLEVEL=1; systemd's
    # units are still enabled. Old lists name package files that are gone: update, then once more.
    install='env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends docker.io iptables'
    # shellcheck disable=SC2086
    if ! as_root $install >/dev/null; then
        as_root apt-get -qq update >/dev/null || true
        # shellcheck disable=SC2086
        as_root $install >/dev/null || fail 'docker.io could not be installed (apt-get said why above)'
    fi
}

# A killed daemon leaves pid files behind; where the number was given to another process by then,
# the next daemon refuses to start. Remove those that name no living dockerd or containerd.
clear_stale_pid_files() {
    for file in /var/run/docker.pid /run/docker/containerd/containerd.pid /var/run/docker/containerd/docker-containerd.pid; do
        [ -e "$file" ] || continue
        pid=$(cat "$file" 2>/dev/null || true)
        # One that was killed a moment ago is still ending, or has ended and nobody has taken notice of it yet.
        tries=0
        while daemon_lives "${pid:-none}" && [ "$tries" -lt 5 ]; do
            sleep 1
            tries=$((tries + 1))
        done
        daemon_lives "${pid:-none}" || as_root rm -f "$file"
    done
}

# Whether process $1 is a daemon of ours that has not ended.
daemon_lives() {
    case "$(cat "/proc/$1/comm" 2>/dev/null)" in
        dockerd|containerd) ! grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status" 2>/dev/null ;;
        *) return 1 ;;
    esac
}

# Without a service manager the control groups may not be mounted either; the daemon needs them.
mount_control_groups() {
    grep -q ' cgroup2\? ' /proc/mounts && return 0
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then return 0; fi
    say 'mounting control groups'
    as_root mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null && return 0
    as_root mount -t tmpfs -o uid=0,gid=0,mode=0755 cgroup /sys/fs/cgroup
    for group in $(awk '!/^#/ && $4 == 1 { print $1 }' /proc/cgroups); do
        as_root mkdir -p "/sys/fs/cgroup/$group"
        as_root mount -n -t cgroup -o "$group" cgroup "/sys/fs/cgroup/$group" || as_root rmdir "/sys/fs/cgroup/$group"
    done
}

start_engine() {
    if [ -d /run/systemd/system ]; then
        say 'starting docker with systemd'
        as_root systemctl start docker || fail 'systemd could not start docker' 'See: journalctl -u docker'
        return 0
    fi
    clear_stale_pid_files
    mount_control_groups
    say "starting dockerd (log: $LOG)"
    # A session of its own, no inherited descriptor: it outlives make, and nobody who waits for the
    # end of our output waits for the daemon.
    # shellcheck disable=SC2016
    as_root sh -c '
        for fd in 3 4 5 6 7 8 9; do eval "exec $fd>&-"; done
        cd /
        setsid dockerd </dev/null >>"$1" 2>&1 &
    ' sh "$LOG"
}

await_engine() {
    waited=0
    while ! answers; do
        check_permission "$socket"
        if [ "$waited" -ge "$WAIT_SECONDS" ]; then
            [ -r "$LOG" ] && tail -n 15 "$LOG" >&2
            fail "the engine did not answer within $WAIT_SECONDS s (last lines of its log above)"
        fi
        # Only ours can be seen to have died: with systemd the unit restarts by itself.
        if [ "$waited" -ge 5 ] && [ ! -d /run/systemd/system ] && ! pidof dockerd >/dev/null 2>&1; then
            [ -r "$LOG" ] && tail -n 15 "$LOG" >&2
            fail 'dockerd ended right after its start (last lines of its log above)'
        fi
        sleep 1
        waited=$((waited + 1))
    done
}

# What a killed daemon was just starting, the next one knows nothing of. It goes on below its shim, in the old network,
# and answers at the address of the node that is started anew. Lists "process container", a line each.
list_shims() {
    python3 - <<'PY'
import contextlib, pathlib
for folder in pathlib.Path("/proc").glob("[0-9]*"):
    with contextlib.suppress(OSError, ValueError):
        if (folder / "comm").read_text().startswith("containerd-shim"):
            words = (folder / "cmdline").read_text().split("\0")
            if words[words.index("-namespace") + 1] == "moby":
                print(folder.name, words[words.index("-id") + 1])
PY
}

# Ends those of $1, the list from before the daemon's start, whose container does not run for the new one.
end_orphans() {
    [ -n "$1" ] || return 0
    ended=$(as_root python3 - "$socket" "$1" <<'PY'
import contextlib, http.client, json, os, pathlib, signal, socket, sys
link = http.client.HTTPConnection("engine", timeout=30)
link.sock = socket.socket(socket.AF_UNIX)
link.sock.connect(sys.argv[1])
link.request("GET", "/containers/json")
running = {one["Id"] for one in json.load(link.getresponse())}
ended = 0
for line in sys.argv[2].splitlines():
    shim, container = line.split()
    with contextlib.suppress(OSError):
        if container in running or container not in pathlib.Path("/proc", shim, "cmdline").read_text():
            continue
        children = pathlib.Path("/proc", shim, "task", shim, "children").read_text().split()
        for process in (*children, shim):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        ended += 1
print(ended)
PY
    ) || return 0
    [ "$ended" = 0 ] || say "ended $ended containers that the daemon before was starting when it was killed"
}

if answers; then exit 0; fi
[ "${1:-}" = --check ] && exit 1

# Fails where the socket is there but not for this user: no waiting helps.
check_permission() {
    if [ -S "$1" ] && [ ! -w "$1" ]; then
        fail "no permission on $1" \
            "Add yourself to its group:  sudo usermod -aG docker $(id -un)   and log in again."
    fi
}

socket=$(socket_path)
if [ "$socket" != /var/run/docker.sock ] && [ "$socket" != /run/docker.sock ]; then
    fail "the engine that DOCKER_HOST names (${DOCKER_HOST:-}) does not answer" \
        'Start it, or unset DOCKER_HOST to use the engine of this machine.'
fi
check_permission "$socket"
command -v dockerd >/dev/null 2>&1 || [ -x /usr/sbin/dockerd ] || install_engine
PATH="$PATH:/usr/sbin:/sbin"
export PATH
shims=$(list_shims)
start_engine
await_engine
end_orphans "$shims"
say 'ready'
