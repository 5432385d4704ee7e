"""What the first and last blocks of a disk tell about its content. Pure: bytes in, words out.

Names and labels are bytes that somebody chose, in any encoding or none; they are shown, never trusted. Sources: the
magic numbers and their places are those of libblkid (util-linux, ``libblkid/src/superblocks``), of the UEFI
specification 2.10, chapter 5 (GPT), and of Ceph (``src/os/bluestore/BlueStore.cc``: the label begins with a line of
text, then one with the OSD's UUID).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = 1 << 20
"""Bytes to read from the beginning, and from the end, of a disk."""
SECTOR = 512
BLUESTORE = b"bluestore block device\n"


@dataclass(frozen=True, slots=True)
class Magic:
    """``what`` is there when ``mark`` is at ``offset``. A label of ``length`` bytes is at ``label``."""

    what: str
    offset: int
    mark: bytes
    label: int = 0
    length: int = 0


MAGICS = (
    Magic("ext2/3/4 file system", 1080, b"\x53\xef", 1144, 16),
    Magic("XFS file system", 0, b"XFSB", 108, 12),
    Magic("btrfs file system", 65600, b"_BHRfS_M", 65835, 256),
    Magic("F2FS file system", 1024, b"\x10\x20\xf5\xf2"),
    Magic("SquashFS file system", 0, b"hsqs"),
    Magic("NTFS file system", 3, b"NTFS    "),
    Magic("exFAT file system", 3, b"EXFAT   "),
    Magic("FAT file system", 82, b"FAT32   ", 71, 11),
    Magic("FAT file system", 54, b"FAT1", 43, 11),
    Magic("ISO 9660 file system", 32769, b"CD001", 32808, 32),
    Magic("LUKS encrypted volume", 0, b"LUKS\xba\xbe"),
    Magic("swap space", 4086, b"SWAPSPACE2", 1052, 16),
    Magic("swap space", 4086, b"SWAP-SPACE", 1052, 16),
    Magic("part of a Linux RAID", 4096, b"\xfc\x4e\x2b\xa9", 4128, 32),
    Magic("part of a Linux RAID", 0, b"\xfc\x4e\x2b\xa9", 32, 32),
    Magic("part of a bcache", 4120, b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"),
)
LVM = b"LABELONE"
ZFS = (b"\x00\xba\xb1\x0c", b"\x0c\xb1\xba\x00")


def osd_of(head: bytes) -> str:
    """Return the UUID of the OSD of Ceph whose disk this is, or nothing."""
    return shown(head[len(BLUESTORE) :][:36]) if head.startswith(BLUESTORE) else ""


def found(head: bytes, tail: bytes = b"") -> tuple[str, ...]:
    """Return all that a disk's first and last bytes are known to mean, with labels; or that they are not empty."""
    words = list(_known(head, tail))
    if not words and (any(head) or any(tail)):
        words.append("data of an unknown kind")
    return tuple(dict.fromkeys(words))


def partitions(head: bytes) -> tuple[tuple[str, int], ...]:
    """Return name and size in bytes of each partition that a GPT lists; what makes no sense is passed over."""
    for sector in (SECTOR, 4096):
        header = head[sector : sector + 92]
        if len(header) == 92 and header.startswith(b"EFI PART"):
            first, count, size = struct.unpack_from("<QII", header, 72)
            return tuple(_entries(head, first * sector, min(count, 256), size, sector))
    return ()


def shown(raw: bytes) -> str:
    """Return a label as people can read it: text where it is UTF-8, else its bytes; nothing that moves the cursor."""
    text = raw.split(b"\0", 1)[0].decode("utf-8", "backslashreplace").strip()
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def _known(head: bytes, tail: bytes) -> Iterator[str]:
    if osd := osd_of(head):
        yield f"disk of Ceph's OSD {osd}"
    for magic in MAGICS:
        if head[magic.offset : magic.offset + len(magic.mark)] == magic.mark:
            label = shown(head[magic.label : magic.label + magic.length]) if magic.length else ""
            yield f"{magic.what} «{label}»" if label else magic.what
    if any(head[sector * SECTOR :].startswith(LVM) for sector in range(4)):
        yield "physical volume of LVM"
    # Its labels hold rings of blocks, each of which begins so; 128 KiB into the first label.
    if any(head[place : place + 8].strip(b"\0") in ZFS for place in range(131072, min(len(head), 262144), 1024)):
        yield "part of a ZFS pool"
    parts = partitions(head)
    if parts:
        yield "partitions: " + ", ".join(f"«{name}» of {size >> 20} MiB" for name, size in parts)
    elif head[510:512] == b"\x55\xaa" and any(head[446:510]):
        count = sum(1 for entry in range(4) if head[446 + 16 * entry + 4 : 446 + 16 * entry + 5] not in (b"\0", b""))
        yield f"{count} partitions" if count else "a boot sector"
    elif head[SECTOR : SECTOR + 8] == b"EFI PART" or tail[-SECTOR:].startswith(b"EFI PART"):
        yield "an empty partition table"


def _entries(head: bytes, first: int, count: int, size: int, sector: int) -> Iterator[tuple[str, int]]:
    if size < 128:
        return
    for index in range(count):
        entry = head[first + index * size :][:128]
        if len(entry) < 128:
            return
        begin, end = struct.unpack_from("<QQ", entry, 32)
        if any(entry[:16]) and begin <= end:
            name = entry[56:128].decode("utf-16-le", "replace").split("\0", 1)[0]
            yield shown(name.encode("utf-8", "replace")), (end - begin + 1) * sector
