"""Around a request: reading the answer, patience, and several requests side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from skylift.openstack.errors import ApiProblem

if TYPE_CHECKING:
    from requests import Response

T = TypeVar("T")


def together(calls: Sequence[Callable[[], Any]], width: int = 8) -> list[Any]:
    """Run the calls side by side in threads and return their results in order; the first Problem is raised."""
    if len(calls) < 2:
        return [call() for call in calls]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(width, len(calls))) as pool:
        return list(pool.map(lambda call: call(), calls))


def as_json(answer: Response) -> Any:
    """Return the body, None when there is none. Raises ApiProblem ``api-answer-unreadable``."""
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        text = answer.text[:200]
        raise ApiProblem(
            "api-answer-unreadable", f"{answer.url} answered {answer.status_code}: {text}", where=answer.url,
            status=answer.status_code,
        ) from error  # fmt: skip


def next_page(answer: Mapping[str, Any], key: str) -> str | None:
    """Return the link to the next page: Glance's ``next``, Neutron's ``KEY_links``, Keystone's ``links.next``."""
    if answer.get("next"):
        return str(answer["next"])
    links = answer.get(f"{key}_links") or answer.get("links") or []
    if isinstance(links, Mapping):
        return links.get("next")
    return next((str(link["href"]) for link in links if link.get("rel") == "next"), None)


def patiently(patience: float, call: Callable[[], T]) -> T:
    """Return what ``call`` returns, calling it again for ``patience`` seconds while its Problem is transient."""
    if patience <= 0:
        return call()
    import tenacity

    def worth_it(error: BaseException) -> bool:
        return isinstance(error, ApiProblem) and error.transient

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(worth_it),
        stop=tenacity.stop_after_delay(patience),
        wait=tenacity.wait_exponential(multiplier=0.1, max=1.0),
        reraise=True,
    )
    return retrying(call)
