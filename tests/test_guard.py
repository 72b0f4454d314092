"""Who may ask the server: a stranger's page cannot, whatever name or origin it comes with; phones in the room can."""

import socket
import tomllib
import unittest.mock
from pathlib import Path

import pytest
from streamlit import config

from nnviz.web.guard import Guard, host_allowed, origin_allowed, security_headers
from tests import loop

ROOT = Path(__file__).parents[1]


def ask(kind="http", **headers):
    """Send one request through a guard; return whether it reached the app behind, and what was answered."""
    reached, answered = [], []

    async def app(scope, receive, send):
        reached.append(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        answered.append(message)

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    loop.run(Guard(app)(scope, receive, send))
    return bool(reached), answered


@pytest.fixture
def allowed_hosts():
    """Set `server.allowedHosts`, and put it back."""
    yield lambda *names: config.set_option("server.allowedHosts", list(names))
    config.set_option("server.allowedHosts", [])


@pytest.mark.parametrize(
    "host",
    ["localhost:8501", "127.0.0.1:8501", "192.168.0.7:8501", "10.1.2.3", "[::1]:8501", "[fe80::1]", "stage.local:8501",
     socket.gethostname()],
)  # fmt: skip
def test_who_is_in_the_room_may_ask(host):
    assert host_allowed(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example#.local",
     "user@localhost", "localhost/evil", "localhost:port", "local", ".local.evil.example", "", ":8501", "[::1"],
)  # fmt: skip
def test_a_name_anybody_may_own_may_not(host):
    assert not host_allowed(host)


def test_the_setting_says_which_names_may_and_no_others(allowed_hosts):
    allowed_hosts("nnviz.example.com", "*.school.example")
    assert all(map(host_allowed, ["nnviz.example.com", "NNVIZ.example.com.:443", "a.school.example", "127.0.0.1:8501"]))
    assert not any(map(host_allowed, ["192.168.0.7:8501", "school.example", "evil.example", "stage.local"]))


def test_a_star_lets_any_name_in(allowed_hosts):
    allowed_hosts("*")
    assert host_allowed("whatever.example:8501")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost:8501"),
        ("http://localhost:8501", "localhost:8501"),
        ("https://nnviz.example.com", "nnviz.example.com"),
        ("https://nnviz.example.com", "nnviz.example.com:443"),
        ("http://[::1]:8501", "[::1]:8501"),
    ],
)
def test_a_page_of_the_servers_own_may_connect(origin, host):
    assert origin_allowed(origin, host)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost", "http://localhost:8502", "http://127.0.0.1:8501", "null", "", "file://",
     "http://localhost:8501.evil.example", "http://localhost:x"],
)  # fmt: skip
def test_a_page_of_another_origin_may_not(origin):
    assert not origin_allowed(origin, "localhost:8501")


def test_a_refused_request_never_reaches_streamlit_and_is_told_why():
    reached, (start, body) = ask(host="evil.example")
    assert not reached
    assert start["status"] == 403
    assert b"--server.allowedHosts" in body["body"]


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "localhost", "origin": "http://evil.example"}])
def test_a_refused_websocket_is_closed_before_it_is_accepted(headers):
    assert ask("websocket", **headers) == (False, [{"type": "websocket.close", "code": 1008}])


def test_every_answer_carries_the_security_headers_once():
    for host in ("localhost", "evil.example"):
        names = [name.decode() for name, _ in ask(host=host)[1][0]["headers"]]
        assert set(security_headers()) <= set(names)
        assert len(names) == len(set(names))


def test_the_policy_lets_no_script_be_written_into_the_page():
    policy = dict(part.split(" ", 1) for part in security_headers()["content-security-policy"].split("; "))
    assert "unsafe" not in policy["script-src"]
    assert "*" not in " ".join(policy.values())
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://[::1]]:x"])
def test_half_an_address_is_no_origin(origin):
    assert not origin_allowed(origin, "localhost:8501")


@pytest.mark.parametrize(
    ("origin", "host"),
    [("http://10.1.2.3:80", "10.1.2.3"), ("http://printer.local", "Printer.local"), ("https://a.local", "a.local:443")],
)
def test_an_origin_spelt_otherwise_reaches_streamlit_as_the_host_is_spelt(origin, host):
    """For Streamlit compares the spelling, and asks the internet for this machine's address where it differs."""
    from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

    passed = []

    async def app(scope, receive, send):
        passed.append(dict(scope["headers"]))

    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    loop.run(Guard(app)({"type": "websocket", "headers": headers}, None, None))
    (sent,) = passed
    asks = "streamlit.web.server.server_util.net_util.get_external_ip"
    with unittest.mock.patch(asks, side_effect=AssertionError("it asks the internet")):
        assert _is_origin_allowed(sent[b"origin"].decode(), sent[b"host"].decode())


def test_a_refused_websocket_is_told_why_with_the_security_headers_where_the_server_can():
    answered = []

    async def send(message):
        answered.append(message)

    scope = {
        "type": "websocket",
        "headers": [(b"host", b"evil.example")],
        "extensions": {"websocket.http.response": {}},
    }
    loop.run(Guard(None)(scope, None, send))
    start, body = answered
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
    assert {name.decode() for name, _ in start["headers"]} >= set(security_headers())
    assert b"allowedHosts" in body["body"]


def test_the_headers_are_these_and_the_server_knows_its_own_address():
    assert {name: value for name, value in security_headers().items() if name != "content-security-policy"} == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
    }
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert settings["browser"] == {"serverAddress": "localhost", "gatherUsageStats": False}
