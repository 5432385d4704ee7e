"""The dashboard's address is where its check asks."""

from __future__ import annotations

from skylift import services
from skylift.app.pages import pages
from skylift.settings import load_text


def found(text: str) -> dict[str, str]:
    return pages(services.load(), load_text(text, services.load()), "172.24.0.16")


def test_the_usual_port_is_left_out_and_another_is_named() -> None:
    assert found("") == {"dashboard": "http://172.24.0.16/"}
    assert found("horizon_port: 8080\n") == {"dashboard": "http://172.24.0.16:8080/"}
