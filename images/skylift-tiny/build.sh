#!/bin/sh
# Build the guest image skylift-tiny: a kernel and a RAM disk made of Debian packages.
#
# usage: build.sh [OUTPUT]      (default /out; run as root in Debian trixie with a working apt)
#
# Writes into OUTPUT (the folder is made; files of the same name are replaced):
#   kernel        uncompressed ELF kernel, entered through PVH: the emulated CPU unpacks nothing
#   initramfs     the whole system, an uncompressed cpio archive (see README.md for the figures)
#   root          the 1 MiB disk that Nova attaches; it only keeps the ssh host key over reboots
#   manifest.txt  the packages used with their versions, and size and sha256 of each file
#
# Only SOURCE_DATE_EPOCH (default 0) enters the result beside the packages and this folder, so the
# same packages give the same bytes. The builder's own package set is left alone: packages are
# downloaded and unpacked, not installed, as the kernel's hooks and its 100 MB of tools help nobody.
set -eu
export LC_ALL=C
umask 022

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-/out}
epoch=${SOURCE_DATE_EPOCH:-0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# apt downloads as its own user where it can: it must reach the folder.
chmod 755 "$work"

step() { echo "skylift-tiny: $*"; }
die() { echo "skylift-tiny: $*" >&2; exit 1; }

# --- packages -----------------------------------------------------------------------------------
ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || { step "reading the package index"; apt-get update -qq; }

# The meta package names the kernel of the day: follow it to the one that has the files.
kernel_package=$(apt-cache depends --important linux-image-cloud-amd64 |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
[ -n "$kernel_package" ] || die "linux-image-cloud-amd64 names no kernel; is this Debian with package lists?"

# The libraries are those that ldd shows for busybox, dropbear and dropbearkey; a check below fails
# the build when that changes. zstd is for this script only.
packages="$kernel_package busybox dropbear-bin libc6 libcrypt1 libgmp10 libtomcrypt1 libtommath1 zlib1g zstd"
step "downloading $kernel_package and $(echo "$packages" | wc -w) packages in all"
mkdir "$work/deb"
# shellcheck disable=SC2086  # a list of words
(cd "$work/deb" && apt-get download -qq $packages 2>"$work/apt.log") || { cat "$work/apt.log" >&2; die "download failed"; }
for deb in "$work"/deb/*.deb; do
    case ${deb##*/} in
        linux-image-*) dpkg-deb -x "$deb" "$work/kernel" ;;
        *) dpkg-deb -x "$deb" "$work/pkg" ;;
    esac
done
release=$(basename "$work"/kernel/boot/vmlinuz-*)
release=${release#vmlinuz-}
busybox=$work/pkg/usr/bin/busybox

# --- kernel -------------------------------------------------------------------------------------
# A bzImage is a boot sector, a setup part and a compressed ELF file. Its header says where the last
# one lies (Documentation/arch/x86/boot.rst: setup_sects 0x1f1, payload_offset 0x248, payload_length
# 0x24c). The payload ends in four bytes with the unpacked size.
image=$work/kernel/boot/vmlinuz-$release
number() { od -A n -t "u$3" -j "$(($2))" -N "$3" "$1" | tr -d ' '; }
sectors=$(number "$image" 0x1f1 1)
start=$(((sectors + 1) * 512 + $(number "$image" 0x248 4)))
length=$(number "$image" 0x24c 4)
mkdir -p "$out"
step "unpacking the kernel $release"
tail -c "+$((start + 1))" "$image" | head -c "$((length - 4))" |
    "$work/pkg/usr/bin/zstd" -q -d -c >"$work/vmlinux" || die "the kernel is not packed with zstd any more"
[ "$(number "$work/vmlinux" 0 4)" = 1179403647 ] || die "the unpacked kernel is not an ELF file"
mv "$work/vmlinux" "$out/kernel"

# --- the root file system -----------------------------------------------------------------------
step "laying out the file system"
root=$work/root
lib=usr/lib/x86_64-linux-gnu
mkdir -p "$root"/usr/bin "$root"/usr/sbin "$root/$lib" "$root"/usr/lib64 "$root"/dev "$root"/proc "$root"/sys \
    "$root"/run "$root"/tmp "$root"/mnt "$root"/var/log "$root"/root "$root"/home/skylift "$root"/www/cgi-bin
for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
ln -s ../run "$root/var/run"
cp "$busybox" "$root/usr/bin/busybox"
for applet in $("$busybox" --list | grep -v -x -e busybox -e dpkg -e dpkg-deb -e rpm -e rpm2cpio); do
    ln -s busybox "$root/usr/bin/$applet"
done
cp "$work"/pkg/usr/sbin/dropbear "$root/usr/sbin/"
cp "$work"/pkg/usr/bin/dropbearkey "$root/usr/bin/"
for name in libc.so.6 libresolv.so.2 libcrypt.so.1 libgmp.so.10 libtomcrypt.so.1 libtommath.so.1 libz.so.1; do
    cp -L "$work/pkg/$lib/$name" "$root/$lib/$name"
done
cp -L "$work/pkg/$lib/ld-linux-x86-64.so.2" "$root/usr/lib64/"
cp -R "$here"/rootfs/. "$root"/
chmod 755 "$root"/usr/lib/skylift/* "$root"/etc/acpi/PWRF/*
chmod 600 "$root"/etc/shadow
for home in "$root"/root "$root"/home/skylift; do
    mkdir -p "$home/.ssh"
    : >"$home/.ssh/authorized_keys"
    chmod 700 "$home" "$home/.ssh"
    chmod 600 "$home/.ssh/authorized_keys"
done
chown -R 1000:1000 "$root"/home/skylift
chmod 1777 "$root"/tmp
ln -s usr/bin/busybox "$root/init"
missing=$(chroot "$root" /usr/lib64/ld-linux-x86-64.so.2 --list /usr/sbin/dropbear | grep 'not found' || :)
[ -z "$missing" ] || die "dropbear needs more libraries: $missing"

# Modules: what a virtio guest needs and nothing more. Names that the kernel has built in are skipped,
# so the list holds for kernels that have virtio as modules too (then the order is that of modules.dep).
wanted="virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net
    virtio_blk virtio-rng evdev button"
source=$work/kernel/usr/lib/modules/$release
target=$root/usr/lib/modules/$release
mkdir -p "$target"
for name in $wanted; do
    file=$(find "$source" -name "$name.ko*")
    if [ -z "$file" ]; then
        grep -q "/$name\.ko$" "$source/modules.builtin" || die "the kernel has no module $name"
        continue
    fi
    plain=$target/$name.ko
    case $file in
        *.xz) "$busybox" xz -d -c "$file" >"$plain" ;;
        *) cp "$file" "$plain" ;;
    esac
    # Under emulation, checking the signature and reading the type data for BPF cost more than the driver
    # itself. Neither is needed; renaming both keeps every offset in the file as it is.
    sed -i -e 's/~Module signature appended~/~Module signature left out~/' -e 's/\.BTF/.NTF/g' "$plain"
done
"$busybox" depmod -b "$root" "$release"
rm -f "$target"/modules.alias "$target"/modules.symbols
echo "skylift-tiny, Linux $release" >"$root/etc/issue"

step "packing the RAM disk"
find "$root" -exec touch -h -d "@$epoch" {} +
(
    cd "$root"
    find . -mindepth 1 | sort | "$busybox" cpio -o -H newc --renumber-inodes --ignore-devno
) >"$out/initramfs" 2>"$work/cpio.log" || { cat "$work/cpio.log" >&2; die "packing failed"; }

# --- disk and manifest --------------------------------------------------------------------------
# The first sector says that the disk is ours; boot keeps the ssh host key in the second.
{ echo "skylift-tiny state 1"; head -c 1048576 /dev/zero; } | head -c 1048576 >"$out/root"

{
    for deb in "$work"/deb/*.deb; do
        case ${deb##*/} in zstd_*) ;; *) dpkg-deb --show --showformat='${Package} ${Version}\n' "$deb" ;; esac
    done
    cd "$out"
    for file in kernel initramfs root; do
        echo "$file $(stat -c %s "$file") sha256:$(sha256sum "$file" | cut -d ' ' -f 1)"
    done
} >"$work/manifest"
mv "$work/manifest" "$out/manifest.txt"
cat "$out/manifest.txt"
step "done"
