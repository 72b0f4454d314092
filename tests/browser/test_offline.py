"""Nothing leaves the machine, nothing goes wrong unseen, and nobody is shut out: every page, dark and light."""

import socket
import threading
import time

import pytest

from nnviz.export import link
from nnviz.mnist import load
from tests.browser.audit import serious
from tests.browser.conftest import serve
from tests.browser.visit import Visit

PAGES = ("Draw", "Neurons", "Build", "Network", "Train", "Digits", "Talk")
TABS = ("more", "dismantle", "more_train", "more_build")  # below Neurons, Network, Train and Build
BACKGROUNDS = {"dark": "rgb(13, 17, 23)", "light": "rgb(255, 255, 255)"}
DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"


@pytest.fixture(scope="module")
def desk(laptop, server):
    """One tab with a drawing, for all pages in both themes."""
    visit = Visit(laptop.new_page(), server).open(f"/?{DRAWING}")
    yield visit
    visit.page.close()
    assert visit.trouble == []


# Every other page is entered in the other theme, and the theme changed on it: each page is met in both.
MET = [(page, theme) for n, page in enumerate(PAGES) for theme in (("dark", "light"), ("light", "dark"))[n % 2]]


@pytest.fixture(scope="module", params=MET, ids="-".join)
def opened(request, desk):
    """Each page in each theme, and everything it asked for."""
    page, theme = request.param
    desk.wear(theme)
    if MET.index(request.param) % 2 == 0:
        desk.go_to(page)
    return desk.settled(), BACKGROUNDS[theme]


def test_a_page_asks_its_own_server_only_and_reports_no_error(opened):
    visit, background = opened
    shown = visit.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert shown == background
    assert visit.trouble == []
    assert visit.exceptions() == []


def test_axe_finds_nothing_serious_on_a_page(opened):
    visit, _ = opened
    assert serious(visit.page) == []
    tabs = visit.page.locator(", ".join(f".st-key-{key} [role=tab]" for key in TABS))
    for n in range(1, tabs.count()):
        tabs.nth(n).click()
        visit.settled()
        assert serious(visit.page, "[role=tabpanel]") == [], tabs.nth(n).inner_text()


def test_the_server_itself_asks_nothing_of_the_internet(tmp_path):
    asked, log = [], tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as proxy:  # every request of a Python library would come here
        threading.Thread(target=_listen, args=(proxy, asked), daemon=True).start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), address)
        with serve(log, {**proxies, "no_proxy": "", "NO_PROXY": ""}) as own:
            deadline = time.monotonic() + 30
            while "URL" not in log.read_text() and time.monotonic() < deadline:  # it says where it is, last of all
                time.sleep(0.05)
            for origin in ("http://evil.example", "null"):  # Streamlit alone would ask who it is, to compare
                assert _refused(own, origin)
    assert "URL" in log.read_text()
    assert asked == []


def _refused(address, origin):
    """Ask for a websocket as a page of another origin would; say whether it was refused."""
    port = int(address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        return connection.recv(200).startswith(b"HTTP/1.1 403")


def _listen(proxy, asked):
    while True:
        try:
            connection, _ = proxy.accept()
        except OSError:  # the test is over
            return
        with connection:
            connection.settimeout(5)
            asked.append(connection.recv(200).split(b"\r\n")[0].decode())


def test_a_server_that_is_gone_is_said_in_a_line_and_in_no_dialog(desk):
    state = "(now) => document.querySelector('[data-testid=stApp]').setAttribute('data-test-connection-state', now)"
    desk.page.evaluate(state, "DISCONNECTED")
    desk.page.get_by_text("The server does not answer").wait_for()
    desk.page.evaluate(
        """() => {
            const dialog = document.createElement("div"), close = document.createElement("button");
            dialog.setAttribute("role", "dialog");
            dialog.append("Connection error", close);
            close.addEventListener("click", () => dialog.remove());
            document.body.append(dialog);
        }"""
    )
    desk.page.get_by_role("dialog").wait_for(state="detached")
    desk.page.evaluate(state, "CONNECTED")
    desk.page.get_by_text("The server does not answer").wait_for(state="detached")
