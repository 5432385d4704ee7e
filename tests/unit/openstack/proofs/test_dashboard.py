"""What the proof of the dashboard reads in pages and style sheets."""

from __future__ import annotations

from skylift.openstack.proofs.checks.dashboard import Page, named

PAGE = """
<link rel="stylesheet" href="/static/1/a.css"><script src="/static/1/b.js"></script><script>inline</script>
<form><input name="csrfmiddlewaretoken" value="t"><input name="username"></form>
<img src="/static/1/c.png"><form method="post" action="/auth/logout/"><button>Sign Out</button></form>
"""


def test_a_page_names_its_files_fields_and_forms() -> None:
    page = Page(PAGE)
    assert page.files == {"/static/1/a.css", "/static/1/b.js", "/static/1/c.png"}
    assert page.fields == {"csrfmiddlewaretoken": "t", "username": ""}
    assert page.forms == {"", "/auth/logout/"}


def test_a_style_sheet_names_fonts_but_not_what_it_holds_itself() -> None:
    sheet = (
        "a{src:url('x.woff')}b{src:url(\"../y.eot?#iefix\")}c{background:url(data:image/png;base64,AA)}d{fill:url(#e)}"
    )
    assert named(sheet) == {"x.woff", "../y.eot?#iefix"}
