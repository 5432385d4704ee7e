"""The client: what an API says reaches the user, what is transient is tried again, pages are followed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.unit.openstack.fake_cloud import PROJECT, FakeCloud

from skylift.openstack.answers import next_page, together
from skylift.openstack.errors import SUMMARIES, ApiProblem, words


def test_a_list_is_asked_for_at_the_endpoint_of_the_catalogue(cloud: FakeCloud) -> None:
    cloud.add("/network/v2.0/networks", name="public1")
    api = cloud.api()
    assert [one["name"] for one in api.list("network", "/v2.0/networks", "networks")] == ["public1"]
    assert api.list("network", "/v2.0/networks", "networks", name="other") == []
    assert (api.project_id, api.user_id, str(api.token)) == (PROJECT, "user-admin", "***")
    assert api.endpoint("network") == f"{cloud.url}/network"
    assert [path for _, path in cloud.requests].count("/v3/auth/tokens") == 1
    api.close()


def test_a_wrong_password_is_named_without_showing_it(cloud: FakeCloud) -> None:
    with pytest.raises(ApiProblem) as caught:
        cloud.api("wrong").get("network", "/v2.0/networks")
    assert (caught.value.code, caught.value.status) == ("api-login-refused", 401)
    assert "wrong" not in str(caught.value)
    assert "user admin, project admin" in caught.value.detail


def test_a_refusal_says_why_and_carries_the_request_id(cloud: FakeCloud) -> None:
    body = '{"NeutronError": {"type": "InUse", "message": "Network x is in use.", "detail": ""}}'
    cloud.faults.append(("/network", 409, {"x-openstack-request-id": "req-7"}, body))
    with pytest.raises(ApiProblem) as caught:
        cloud.api().delete("network", "/v2.0/networks/x")
    found = caught.value
    assert (found.code, found.status, found.message) == ("api-refused", 409, "Network x is in use.")
    assert found.detail.endswith("was answered 409: Network x is in use.\nrequest id: req-7")
    assert found.where == f"{cloud.url}/network/v2.0/networks/x"


def test_what_is_not_there_is_none_or_a_problem(cloud: FakeCloud) -> None:
    api = cloud.api()
    assert api.find("network", "/v2.0/networks/none") is None
    api.delete("network", "/v2.0/networks/none")
    with pytest.raises(ApiProblem, match="could not be found"):
        api.delete("network", "/v2.0/networks/none", missing_ok=False)


def test_a_busy_service_is_asked_again_while_there_is_patience(cloud: FakeCloud) -> None:
    cloud.faults += [("/network", 503, {}, "busy")] * 2
    assert cloud.api(patience=10).list("network", "/v2.0/networks", "networks") == []
    cloud.faults.append(("/network", 503, {}, "busy"))
    with pytest.raises(ApiProblem) as caught:
        cloud.api().list("network", "/v2.0/networks", "networks")
    assert (caught.value.code, caught.value.transient) == ("api-failed", True)
    assert caught.value.fix == "skylift logs neutron"


def test_a_refusal_is_not_asked_again(cloud: FakeCloud) -> None:
    cloud.faults.append(("/network", 400, {}, "no"))
    with pytest.raises(ApiProblem):
        cloud.api(patience=10).post("network", "/v2.0/networks", {"network": {}})
    assert cloud.changed() == [("POST", "/network/v2.0/networks")]


def test_nobody_there(cloud: FakeCloud) -> None:
    api = cloud.api(patience=0.3)
    api.credentials = type(api.credentials)("http://127.0.0.1:9", "admin", api.credentials.password, "admin")
    with pytest.raises(ApiProblem) as caught:
        api.login()
    assert (caught.value.code, caught.value.status, caught.value.transient) == ("api-unreachable", 0, True)
    assert caught.value.detail.endswith(": connection refused")


def test_an_answer_that_does_not_come_in_time(cloud: FakeCloud) -> None:
    cloud.faults.append(("/network/v2.0/slow", 0, {}, ""))
    with pytest.raises(ApiProblem) as caught:
        cloud.api(timeout=0.2).post("network", "/v2.0/slow", {})
    assert (caught.value.code, caught.value.transient) == ("api-unreachable", False)
    assert caught.value.detail.endswith(": no answer within the time limit")


def test_a_service_that_is_not_in_the_catalogue(cloud: FakeCloud) -> None:
    api = cloud.api()
    assert not api.has("orchestration")
    with pytest.raises(ApiProblem) as caught:
        api.get("orchestration", "/")
    assert caught.value.code == "api-not-in-catalogue"


def test_a_service_whose_endpoints_are_disabled(cloud: FakeCloud) -> None:
    # Keystone lists the service all the same, without any endpoint.
    cloud.disabled.add("network")
    api = cloud.api()
    assert not api.has("network")
    with pytest.raises(ApiProblem) as caught:
        api.list("network", "/v2.0/networks", "networks")
    assert caught.value.code == "api-not-in-catalogue"
    cloud.disabled.clear()
    assert api.list("network", "/v2.0/networks", "networks") == []


def test_a_service_that_was_listed_after_the_login(cloud: FakeCloud) -> None:
    cloud.services.remove("network")
    api = cloud.api()
    api.login()
    cloud.services.append("network")
    assert api.list("network", "/v2.0/networks", "networks") == []


def test_an_answer_that_is_no_json(cloud: FakeCloud) -> None:
    cloud.faults.append(("/network", 200, {}, "<html>hello"))
    with pytest.raises(ApiProblem) as caught:
        cloud.api().get("network", "/")
    assert caught.value.code == "api-answer-unreadable"


def test_pages_are_followed(cloud: FakeCloud) -> None:
    link = {"rel": "next", "href": "http://elsewhere/network/v2.0/networks?marker=a"}
    first = json.dumps({"networks": [{"id": "a"}], "networks_links": [link]})
    cloud.faults.append(("/network", 200, {}, first))
    cloud.add("/network/v2.0/networks", id="b")
    assert [one["id"] for one in cloud.api().list("network", "/v2.0/networks", "networks")] == ["a", "b"]


@pytest.mark.parametrize(
    ("answer", "link"),
    [
        ({"next": "/v2/images?marker=x"}, "/v2/images?marker=x"),
        ({"images_links": [{"rel": "previous", "href": "p"}, {"rel": "next", "href": "n"}]}, "n"),
        ({"links": {"next": None, "self": "s"}}, None),
        ({"links": {"next": "n"}}, "n"),
        ({}, None),
    ],
)
def test_where_the_next_page_is(answer: dict[str, object], link: str | None) -> None:
    assert next_page(answer, "images") == link


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"code": 403, "message": "Not allowed.", "title": "Forbidden"}}', "Not allowed."),
        ('{"badRequest": {"code": 400, "message": "Bad flavor"}}', "Bad flavor"),
        ('{"NeutronError": {"type": "X", "message": "In use", "detail": ""}}', "In use"),
        ('{"faultcode": "Client", "faultstring": "Invalid input", "debuginfo": null}', "Invalid input"),
        ('{"errors": [{"status": 409, "detail": "One"}, {"detail": "Two"}]}', "One; Two"),
        (
            "<html><head><title>404 Not Found</title></head><body><h1>404</h1>No such image.</body></html>",
            "404 No such image.",
        ),
        ("plain  words\n", "plain words"),
        ("", ""),
        ("[]", "[]"),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_words_of_every_service(body: str, said: str) -> None:
    assert words(body) == said


def test_calls_side_by_side_keep_their_order_and_raise() -> None:
    assert together([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]
    assert together([]) == []
    with pytest.raises(ZeroDivisionError):
        together([lambda: 1, lambda: 1 // 0])


def test_importing_the_client_loads_no_heavy_library() -> None:
    code = "import sys, skylift.openstack.client, skylift.openstack.observe; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"requests", "keystoneauth1", "openstack", "tenacity"} & set(loaded)


def test_summaries_are_sentences() -> None:
    assert all(text[0].isupper() and not text.endswith(".") for text in SUMMARIES.values())
