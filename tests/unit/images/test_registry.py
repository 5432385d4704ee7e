import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skylift.images.names import Source
from skylift.images.registry import credentials, missing, nearest

TAGS = ["2025.2-debian-bookworm", "2026.1-debian-trixie", "2026.2-ubuntu-noble", "latest"]


def test_the_nearest_tag_comes_first() -> None:
    assert nearest("2026.2-debian-trixie", TAGS)[0] == "2026.1-debian-trixie"
    assert nearest("2026.2-debian-trixie", TAGS, count=2) == nearest("2026.2-debian-trixie", TAGS)[:2]


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=20))
def test_nearest_tags_are_few_and_of_those_there_are(wanted: str, tags: list[str]) -> None:
    found = nearest(wanted, tags)
    assert len(found) <= 5
    assert set(found) <= set(tags)
    assert wanted not in tags or not wanted or found[0] == wanted


def test_a_missing_tag_says_what_is_there_and_a_fix_that_can_be_pasted() -> None:
    problem = missing(Source(registry="r.example"), "nova-api", TAGS)
    assert problem.code == "image-tag-missing"
    assert "r.example/openstack.kolla/nova-api:2026.2-debian-trixie" in problem.detail
    assert problem.fix.startswith("Set openstack_tag: 2026.1-debian-trixie ")


def test_a_missing_repository_says_so() -> None:
    problem = missing(Source(registry="r.example"), "nova-api", [])
    assert "has no openstack.kolla/nova-api" in problem.detail


def test_credentials_come_from_the_docker_clients_file(tmp_path: Path) -> None:
    auth = base64.b64encode(b"user:pass:word").decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"r.example:5000": {"auth": auth}}}))
    assert credentials("r.example:5000", tmp_path) == ("user", "pass:word")
    assert credentials("other.example", tmp_path) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"auths": {"r.example": {}}}', '{"auths": {"r.example": {"auth": "?"}}}']
)
def test_a_file_that_says_nothing_gives_no_credentials(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    assert credentials("r.example", tmp_path) is None
