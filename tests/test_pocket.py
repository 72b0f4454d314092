"""The explorer in one file, without a browser: its size, what it may load, what is in it, and how it is handed out."""

import base64
import gzip
import hashlib
import json
import re
import subprocess

import numpy as np
import pytest
from starlette.applications import Starlette

from nnviz import mnist
from nnviz.network import Network
from nnviz.ui.pocket.handed import LARGEST, explorer
from nnviz.ui.pocket.page import Held, page
from nnviz.web.guard import Guard
from nnviz.web.routes import handed_out
from tests import foreign, loop
from tests.test_bundle import NODE
from tests.test_take_home import Document

NASTY = '</script><img src=x onerror="alert(1)">&amp;'


@pytest.fixture(scope="module")
def made():
    return explorer()


@pytest.fixture(scope="module")
def document(made):
    return Document(made.text)


def within(text, name):
    """What a script element of data holds."""
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)[1])


def weights(data):
    """The numbers behind the header that message.js reads."""
    message = base64.b64decode(data)
    return np.frombuffer(message[4 + int.from_bytes(message[:4], "little") :], "<f4")


# ---- the file


def test_the_file_has_at_most_400_kb(made):
    assert len(made.text.encode()) <= LARGEST == 400_000


def test_every_element_is_closed_in_order_and_no_two_share_an_id(document):
    ids = [attributes["id"] for _, attributes in document.elements if "id" in attributes]
    assert document.wrong == document.open == []
    assert len(ids) == len(set(ids))


def test_the_file_refers_to_nothing_outside_of_it(made, document):
    sources = [
        value for _, attributes in document.elements for name, value in attributes.items() if name in ("src", "href")
    ]
    assert sources == ["data:,"]
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|url\((?!#)|@import", made.text)


def test_the_policy_lets_in_the_files_own_script_and_style_by_their_hashes_and_nothing_else(made, document):
    script = re.search(r'<script type="module">(.*?)</script>', made.text, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", made.text, re.DOTALL)[1]
    code, looks = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style))
    rules = dict(rule.split(" ", 1) for rule in made.policy.split("; "))
    assert rules == {
        "default-src": "'none'", "script-src": f"'sha256-{code}'", "style-src": f"'sha256-{looks}'", "img-src": "data:",
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip
    (first, *_) = [each["content"] for each in document.all("meta") if "http-equiv" in each]
    assert first == made.policy
    assert not re.search(r'<[^>]* (style|on\w+)="', made.text.partition("<script")[0])


def test_the_lessons_four_networks_are_in_it_to_the_last_bit(made):
    found = {each["name"]: weights(each["data"]) for each in within(made.text, "networks")}
    assert list(found) == ["smooth", "rough", "plain", "untrained"]
    for name, numbers in found.items():
        layers = Network.load(mnist.ASSETS / "networks" / f"{name}.npz").layers
        assert np.array_equal(numbers, np.concatenate([array.ravel() for each in layers for array in (each.W, each.b)]))


def test_words_from_outside_stay_words():
    network = foreign.network("markup")
    written = page([Held(NASTY, network, NASTY, NASTY, NASTY)], state=NASTY, app=NASTY).text
    document = Document(written)
    assert document.wrong == document.open == document.all("img") == []
    assert within(written, "networks")[0]["title"] == NASTY
    assert within(written, "opens") == {"state": NASTY, "app": NASTY}


def test_the_same_is_the_same_to_the_byte(made):
    assert explorer().text == made.text


@pytest.mark.skipif(NODE is None, reason="no Node here; the browser tests run the script itself")
def test_the_script_is_a_module_that_can_be_read(made, tmp_path):
    (tmp_path / "pocket.mjs").write_text(re.search(r'<script type="module">(.*?)</script>', made.text, re.DOTALL)[1])
    assert subprocess.run([NODE, "--check", tmp_path / "pocket.mjs"], timeout=60).returncode == 0


# ---- the route


def asked(app, method="GET", **headers):
    """Ask an app for /pocket: the status, the headers and the body of its answer."""
    answered = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        answered.append(message)

    named = {"host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": "/pocket", "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    loop.run(app(scope, receive, send))
    begun, *others = answered
    names = {name.decode(): value.decode() for name, value in begun["headers"]}
    return begun["status"], names, b"".join(message.get("body", b"") for message in others)


@pytest.fixture(scope="module")
def app():
    """A server with this one route, behind the guard, whose page is made once."""
    made = []

    def make():
        made.append(1)
        return "<!doctype html>é", "default-src 'none'"

    yield Guard(Starlette(routes=[handed_out("/pocket", make)]))
    assert made == [1]


def test_the_page_comes_as_html_under_its_own_policy_with_the_guards_other_headers_and_without_a_session(app):
    status, headers, body = asked(app)
    assert (status, body.decode()) == (200, "<!doctype html>é")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_it_comes_compressed_to_who_can_read_that(app):
    _, headers, body = asked(app, accept_encoding="gzip, br")
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "accept-encoding")
    assert gzip.decompress(body).decode() == "<!doctype html>é"
    assert int(headers["content-length"]) == len(body)


def test_who_has_it_already_does_not_get_it_again(app):
    etag = asked(app)[1]["etag"]
    status, _, body = asked(app, if_none_match=etag)
    assert (status, body) == (304, b"")
    assert asked(app, if_none_match='"another"')[0] == 200


def test_only_its_headers_come_if_only_they_are_asked_for(app):
    status, headers, _ = asked(app, "HEAD")
    assert (status, headers["content-length"]) == (200, "17")
    assert asked(app, "POST")[0] == 405


def test_a_page_that_cannot_be_made_is_a_sentence():
    def make():
        raise FileNotFoundError("There is no network file smooth.npz.")

    status, _, body = asked(Starlette(routes=[handed_out("/pocket", make)]))
    assert (status, body) == (503, b"This page cannot be made: There is no network file smooth.npz.")
