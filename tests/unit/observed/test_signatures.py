"""What is on a disk is told from its bytes; no bytes whatever can break that."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skylift.observed.signatures import HEAD, LVM, MAGICS, Magic, found, osd_of, partitions, shown

FAR = b"EFI PART" + bytes(64) + struct.pack("<QII", 2**63, 2**31, 2**31)
"""A table of partitions that begins where no disk ends."""
OSD = "135f1a9e-0acf-5ddf-a171-a7e523cd950c"


def disk(*parts: tuple[int, bytes], size: int = HEAD) -> bytes:
    """Return the beginning of a disk that has these bytes at these places."""
    raw = bytearray(size)
    for offset, part in parts:
        raw[offset : offset + len(part)] = part
    return bytes(raw)


def gpt(*names: bytes, sector: int = 512) -> bytes:
    """Return the beginning of a disk with partitions of 1 MiB each; names as they lie on the disk, UTF-16."""
    header = b"EFI PART" + bytes(64) + struct.pack("<QII", 2, 128, 128)
    parts = [(sector, header)]
    for index, name in enumerate(names):
        first = 2048 * (index + 1)
        entry = b"\x0f" * 16 + bytes(16) + struct.pack("<QQQ", first, first + (1 << 20) // sector - 1, 0) + name
        parts.append((2 * sector + 128 * index, entry))
    return disk(*parts)


def test_an_empty_disk_is_empty() -> None:
    assert found(bytes(HEAD), bytes(HEAD)) == ()
    assert found(b"", b"") == ()


@pytest.mark.parametrize("magic", MAGICS, ids=lambda magic: f"{magic.what}@{magic.offset}")
def test_each_kind_is_found_at_its_place(magic: Magic) -> None:
    assert found(disk((magic.offset, magic.mark))) == (magic.what,)


def test_a_label_is_shown() -> None:
    raw = disk((1080, b"\x53\xef"), (1144, "données".encode()))
    assert found(raw) == ("ext2/3/4 file system «données»",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Größe 漢字".encode(), "Größe 漢字"),
        ("donn\u00e9es".encode("latin-1"), "donn\\xe9es"),
        (b"\xff\xfe\x80", "\\xff\\xfe\\x80"),
        (b"a\x1b[2Jb\0rest", "a\\x1b[2Jb"),
    ],
)
def test_labels_are_bytes(raw: bytes, text: str) -> None:
    assert shown(raw) == text


def test_partitions_are_named_in_any_script() -> None:
    raw = gpt("Données".encode("utf-16-le"), "ubuntu-root".encode("utf-16-le"), b"\x00\xd8A\x00")
    names = [name for name, _ in partitions(raw)]
    assert names[:2] == ["Données", "ubuntu-root"]
    assert len(names) == 3
    assert found(raw)[0].startswith("partitions: «Données» of 1 MiB, «ubuntu-root» of 1 MiB")


def test_partitions_of_disks_with_large_sectors() -> None:
    assert partitions(gpt("data".encode("utf-16-le"), sector=4096)) == (("data", 1 << 20),)


def test_an_old_partition_table_and_an_empty_one() -> None:
    assert found(disk((510, b"\x55\xaa"), (450, b"\x83"), (466, b"\x82"))) == ("2 partitions",)
    assert found(bytes(HEAD), disk((HEAD - 512, b"EFI PART"))) == ("an empty partition table",)


def test_lvm_in_any_of_the_first_sectors_and_osds() -> None:
    assert found(disk((512, LVM))) == ("physical volume of LVM",)
    raw = disk((0, f"bluestore block device\n{OSD}\n".encode()))
    assert osd_of(raw) == OSD
    assert found(raw) == (f"disk of Ceph's OSD {OSD}",)


def test_what_nobody_knows_is_data_all_the_same() -> None:
    assert found(disk((700000, b"x"))) == ("data of an unknown kind",)
    assert found(bytes(HEAD), disk((5, b"x"))) == ("data of an unknown kind",)


@given(
    parts=st.lists(st.tuples(st.integers(0, 70000), st.binary(max_size=300)), max_size=6),
    magics=st.lists(st.sampled_from(MAGICS), max_size=3),
    size=st.integers(0, 140000),
    tail=st.binary(max_size=1024),
)
@example(parts=[(512, b"EFI PART" + b"\xff" * 84)], magics=[], size=140000, tail=b"EFI PART")
@example(
    parts=[(512, b"EFI PART" + bytes(64) + struct.pack("<QII", 2**63, 2**31, 2**31))], magics=[], size=3000, tail=b""
)
def test_any_bytes_give_words_that_can_be_shown(
    parts: list[tuple[int, bytes]], magics: list[Magic], size: int, tail: bytes
) -> None:
    raw = disk(*((magic.offset, magic.mark) for magic in magics), *parts, size=size)[:size]
    words = found(raw, tail)
    assert all(word.isprintable() for word in words)
    assert bool(words) == (any(raw) or any(tail))


@given(st.binary(max_size=400))
def test_any_label_can_be_shown(raw: bytes) -> None:
    text = shown(raw)
    assert text.isprintable()
    text.encode("utf-8")
