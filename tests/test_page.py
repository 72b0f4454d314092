"""What is added to Streamlit's page, and worked out once for all runs."""

from pathlib import Path

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from nnviz.ui.frame import look
from nnviz.web import theme
from nnviz.web.page import Page
from tests import loop

STREAMLITS = b'<html><head></head><body><div id="root"></div></body></html>'


def got(body, kind="text/html; charset=utf-8", accept="text/html,*/*", parts=2, path="/"):
    """Ask for a page through `Page`; return the headers of the request that reaches the app, and the answer."""
    asked, answered = {}, []

    async def app(scope, receive, send):
        asked.update(scope["headers"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), (b"etag", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for k in range(parts):
            part = body[k * len(body) // parts : (k + 1) * len(body) // parts]
            await send({"type": "http.response.body", "body": part, "more_body": k + 1 < parts})

    async def send(message):
        answered.append(message)

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"stage=1", "headers": headers}
    loop.run(Page(app, more=lambda query: f"<style>é{query}</style>", apart=("/pocket",))(scope, None, send))
    told = {**dict(answered[0]["headers"]), b"status": str(answered[0]["status"]).encode()}
    return asked, told, b"".join(each["body"] for each in answered[1:])


@pytest.mark.parametrize(
    ("query", "media"),
    [("stage=1", "all"), ("network=plain&stage=1", "all"), ("", "not all"), ("stage=0", "not all"),
     ("stage=1&stage=0", "not all"), ("stage=%3Cscript%3E", "not all"), ("%ff=%", "not all")],
)  # fmt: skip
def test_a_page_comes_in_the_look_its_address_asks_for(query, media):
    assert look.head(query).count("<style") == 2
    assert f'<style id="stage-look" media="{media}">' in look.head(query)


def test_the_scripts_that_every_page_needs_are_asked_for_with_it():
    assert all(f'href="./static/js/{name}.' in look.early() for name in look.EARLY)


def test_what_is_handed_out_apart_comes_compressed_and_is_asked_after_by_browsers_too():
    asked, told, body = got(STREAMLITS, path="/pocket")
    assert (asked[b"accept-encoding"], told[b"etag"], body) == (b"gzip", b"1", STREAMLITS)


def test_the_style_sheet_comes_before_all_that_streamlit_draws():
    asked, told, body = got(STREAMLITS)
    assert body == STREAMLITS.replace(b"<body>", "<body><style>éstage=1</style>".encode())
    assert told[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in told  # it would be that of the page without it
    assert asked == {b"accept": b"text/html,*/*", b"host": b"localhost"}  # else the page might come compressed


@pytest.mark.parametrize(
    "answer",
    [{"body": b"<html><body>the explorer in one file</body></html>"}, {"body": STREAMLITS, "kind": "text/javascript"},
     {"body": STREAMLITS, "accept": "*/*"}],
)  # fmt: skip
def test_everything_else_stays_as_it_is(answer):
    assert got(**answer)[2] == answer["body"]


@pytest.mark.parametrize("path", ["/nothing", "/neurons/deeper", "/index.html", "/%3Cscript%3E"])
def test_an_address_without_a_page_says_so_and_names_the_pages_there_are(path):
    _, told, body = got(STREAMLITS, path=path)
    assert b"There is no page at this address" in body
    assert STREAMLITS not in body
    assert all(f'href="/{name}"'.encode() in body for name in ["", "neurons", "build", "network", "train", "digits"])
    assert (told[b"status"], b"'sha256-" in told[b"content-security-policy"]) == (b"404", True)


@pytest.mark.parametrize("page", sorted((Path(__file__).parents[1] / "pages").glob("[0-9]_*.py")))
def test_every_page_has_its_address(page):
    assert b"no page at this address" not in got(STREAMLITS, path="/" + page.stem.partition("_")[2])[2]


@pytest.mark.parametrize(
    ("path", "page"),
    [("/draw", b"/"), ("/Draw/", b"/"), ("/Neurons", b"/neurons"), ("/train/", b"/train"), ("//build", b"/build")],
)
def test_an_address_written_otherwise_leads_to_its_page_with_what_was_asked(path, page):
    assert got(STREAMLITS, path=path)[1][b"location"] == page + b"?stage=1"


@pytest.mark.parametrize("section", ["theme", "theme.dark", "theme.light", "theme.sidebar", "theme.dark.sidebar"])
def test_a_theme_that_is_kept_is_the_one_that_streamlit_works_out(section):
    kept = theme.Kept(app_session._populate_theme_msg)
    worked_out = CustomThemeConfig()
    app_session._populate_theme_msg(worked_out, section)
    for _ in range(2):
        message = CustomThemeConfig()
        kept(message, section)
        assert message == worked_out


def test_a_theme_is_worked_out_once(monkeypatch):
    asked = []
    monkeypatch.setattr(app_session, theme._NAME, lambda message, section="theme": asked.append(section))
    theme.keep()
    theme.keep()
    for _ in range(3):
        app_session._populate_theme_msg(CustomThemeConfig(), "theme.dark")
    assert asked == ["theme.dark"]
