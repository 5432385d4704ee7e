from skylift.images.names import Source, family_tag


def test_built_images_have_a_local_repository() -> None:
    assert Source().reference("nova-api") == "skylift/nova-api:2026.2-debian-trixie"
    assert not Source().pulled


def test_what_is_built_here_is_of_one_release() -> None:
    assert Source(release="2026.1", openstack_tag="mine").reference("nova-api") == Source().reference("nova-api")


def test_pulled_images_have_kollas_names() -> None:
    source = Source(registry="registry.example:5000")
    assert source.reference("nova-api") == "registry.example:5000/openstack.kolla/nova-api:2026.2-debian-trixie"


def test_the_users_namespace_release_and_tag_are_kept() -> None:
    source = Source(registry="r.example", namespace="team/kolla", release="2026.1")
    assert source.reference("keystone") == "r.example/team/kolla/keystone:2026.1-debian-trixie"
    tagged = Source(registry="r.example", namespace="", openstack_tag="mine")
    assert tagged.reference("keystone") == "r.example/keystone:mine"


def test_a_family_tag_is_a_valid_tag() -> None:
    assert family_tag("a" * 64) == "a" * 16
