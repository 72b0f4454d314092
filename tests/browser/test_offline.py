"""Nothing leaves the machine, and nothing goes wrong unseen: every page, dark and light, with a drawing in the link."""

import socket
import threading
import time

import pytest

from nnviz import link
from nnviz.mnist import load
from tests.browser.conftest import serve

DRAWING = f"drawing={link.encode(load('test').images[0] / 255)}"


@pytest.mark.parametrize(("scheme", "background"), [("dark", "rgb(13, 17, 23)"), ("light", "rgb(255, 255, 255)")])
@pytest.mark.parametrize("path", ["/", "/neurons", "/build", "/network", "/talk"])
def test_a_page_asks_its_own_server_only_and_reports_no_error(visit, path, scheme, background):
    visit.page.emulate_media(color_scheme=scheme)
    visit.open(f"{path}?{DRAWING}").page.wait_for_load_state("networkidle")
    assert visit.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor") == background
    assert visit.trouble == []
    assert visit.exceptions() == []


def test_the_server_itself_asks_nothing_of_the_internet(tmp_path):
    asked, log = [], tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as proxy:  # every request of a Python library would come here
        threading.Thread(target=_listen, args=(proxy, asked), daemon=True).start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), address)
        with serve(log, {**proxies, "no_proxy": "", "NO_PROXY": ""}):
            deadline = time.monotonic() + 30
            while "URL" not in log.read_text() and time.monotonic() < deadline:  # it says where it is, last of all
                time.sleep(0.05)
    assert "URL" in log.read_text()
    assert asked == []


def _listen(proxy, asked):
    while True:
        try:
            connection, _ = proxy.accept()
        except OSError:  # the test is over
            return
        with connection:
            connection.settimeout(5)
            asked.append(connection.recv(200).split(b"\r\n")[0].decode())
