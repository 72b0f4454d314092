"""The address for phones: this machine's in its network where there is one, and else the reason why there is none."""

import socket
import sys

import pytest
import streamlit as st

from nnviz.web import guard, phones, reach, serve
from nnviz.web.reach import reachable

ALONE = "This server listens only to this computer ({}), so no phone can reach it."
OWN = ["localhost", "127.0.0.1", "[::1]"]


@pytest.fixture(autouse=True)
def in_a_network(monkeypatch):
    """A machine in somebody's network, whatever this one is in."""
    monkeypatch.setattr(reach, "address_in_network", lambda: "192.168.1.20")
    for name in (serve.FRONT, reach.PHONES, reach.CONTAINER):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def listens(monkeypatch):
    """Have the server listen to one address."""
    return lambda address: monkeypatch.setattr(st, "get_option", {"server.address": address}.get)


@pytest.mark.parametrize("url", ["https://nnviz.example/neurons?layer=2", "http://192.168.1.20:8501/"])
def test_an_address_others_understand_stays_as_it_is(url):
    assert reachable(url) == (url, "")


@pytest.mark.parametrize("host", [*OWN, "stage-laptop"])
def test_an_address_of_this_machine_alone_becomes_its_address_in_the_network(host, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "Stage-Laptop")
    assert reachable(f"http://{host}:8502/talk?step=3") == ("http://192.168.1.20:8502/talk?step=3", "")


def test_without_a_network_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(reach, "address_in_network", lambda: None)
    assert reachable("http://localhost:8501/") == ("", reach.NO_NETWORK)


def test_a_server_that_listens_to_its_own_machine_alone_promises_phones_nothing(listens):
    listens("127.0.0.1")
    address, sentence = reachable("http://localhost:8501/")
    assert (address, sentence) == ("", ALONE.format("server.address is 127.0.0.1"))


def test_one_that_listens_to_one_address_of_the_network_is_reached_by_that(listens):
    listens("fd00::2")
    assert reachable("http://localhost:8501/") == ("http://[fd00::2]:8501/", "")


# ---- behind Caddy


def front(address):
    """What `make serve` tells a process of where phones come in."""
    room, _ = serve.build({"PATH": "", "NNVIZ_ADDRESS": address})
    return next(iter(room.processes.values())).environment[serve.FRONT]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", ("http://192.168.1.20:8500/pocket", "")),
        ("0.0.0.0", ("http://192.168.1.20:8500/pocket", "")),
        ("10.0.0.5", ("http://10.0.0.5:8500/pocket", "")),
        ("127.0.0.1", ("", ALONE.format("NNVIZ_ADDRESS is 127.0.0.1"))),
    ],
)  # fmt: skip
def test_behind_caddy_it_is_where_caddy_listens_that_counts(where, expected, listens, monkeypatch):
    listens("127.0.0.1")  # as each process does
    monkeypatch.setattr(serve, "_check_free", lambda *_: None)  # that is an address of another machine
    monkeypatch.setenv(serve.FRONT, front(where))
    assert reachable("http://localhost:8500/pocket") == expected


def test_in_a_container_it_says_that_it_cannot_know_until_somebody_tells_it(monkeypatch):
    monkeypatch.setenv(reach.CONTAINER, "1")
    assert reachable("http://localhost:8500/") == ("", reach.BOXED)
    assert reachable("http://192.168.1.7:8500/") == ("http://192.168.1.7:8500/", "")
    monkeypatch.setenv(reach.PHONES, "192.168.1.7")
    assert reachable("http://localhost:8500/") == ("http://192.168.1.7:8500/", "")


# ---- which address that is


@pytest.mark.skipif(sys.platform != "linux", reason="interfaces are listed as Linux lists them")
def test_the_interfaces_of_this_machine_are_found():
    assert ("lo", "127.0.0.1") in reach.addresses()


def test_a_network_without_a_way_out_is_one_too(monkeypatch):
    monkeypatch.undo()

    class NoWay(socket.socket):
        def connect(self, address):
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", NoWay)
    hotspot = [("lo", "127.0.0.1"), ("docker0", "172.17.0.1"), ("wlan0", "10.42.0.1")]
    monkeypatch.setattr(reach, "addresses", lambda: hotspot)
    assert reach.address_in_network() == "10.42.0.1"
    monkeypatch.setattr(reach, "addresses", lambda: hotspot[:2])
    assert reach.address_in_network() is None


# ---- where somebody has said it


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("192.168.1.7", "http://192.168.1.7:8501/talk"),
        (" 192.168.1.7:8600 ", "http://192.168.1.7:8600/talk"),
        ("stage.local", "http://stage.local:8501/talk"),
        ("Stage.local:80", "http://stage.local:80/talk"),
        ("fd00::2", "http://[fd00::2]:8501/talk"),
        ("[fd00::2]", "http://[fd00::2]:8501/talk"),
        ("[fd00::2]:8600", "http://[fd00::2]:8600/talk"),
    ],
)
def test_phones_are_led_to_the_address_that_was_said(said, expected, monkeypatch):
    monkeypatch.setenv(reach.PHONES, said)
    assert reachable("http://localhost:8501/talk") == (expected, "")


@pytest.mark.parametrize(
    "said",
    ["http://192.168.1.7", "192.168.1.7/", "192.168.1.7:", "192.168.1.7:port", "192.168.1.7:99999", "192.168.1.7:0",
     "[fd00::2", "fd00::2]:8500", "[192.168.1.7]", "me@192.168.1.7", "a b", "*", ":8500", "[fd00::2]x", "?"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_a_sentence_where_it_is_asked_for(said, monkeypatch, capsys):
    monkeypatch.setenv(reach.PHONES, said)
    address, sentence = reachable("http://localhost:8501/talk")
    assert address == ""
    assert sentence.startswith("NNVIZ_PHONES is ")
    assert phones.EXPECTED in sentence
    phones.warn()
    assert capsys.readouterr().err == f"nnviz: {sentence}\n"
    with pytest.raises(serve.Wrong, match="NNVIZ_PHONES"):
        serve.build({"PATH": "", reach.PHONES: said})


def test_a_name_must_be_one_that_the_server_answers_to(monkeypatch):
    monkeypatch.setenv(reach.PHONES, "nnviz.example:8500")
    sentence = reachable("http://localhost:8501/")[1]
    assert "STREAMLIT_SERVER_ALLOWED_HOSTS=nnviz.example" in sentence
    with pytest.raises(serve.Wrong, match="does not answer to that name"):
        serve.build({"PATH": "", reach.PHONES: "nnviz.example"})
    serve.build({"PATH": "", reach.PHONES: "nnviz.example", "NNVIZ_SITE": "nnviz.example"})
    monkeypatch.setattr(guard.config, "get_option", {"server.allowedHosts": ["nnviz.example"]}.get)
    assert reachable("http://localhost:8501/") == ("http://nnviz.example:8500/", "")
