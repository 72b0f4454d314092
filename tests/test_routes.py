"""Files that are handed out beside Streamlit: those that are there, and each made once."""

import threading
import time

import pytest
from starlette.applications import Starlette

from nnviz import mnist
from nnviz.web import digits
from nnviz.web.routes import ROUTES
from tests import loop


def status(path):
    """Ask for a path; return the status of the answer."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "HEAD", "path": path, "query_string": b"", "root_path": "", "headers": []}
    loop.run(Starlette(routes=ROUTES)(scope, None, send))
    return sent[0]["status"]


@pytest.mark.parametrize("name", ["a" * 300, "smooth.course", "\0", "../smooth", "none"])
def test_a_course_that_is_not_there_is_not_found(name):
    assert status("/courses/smooth") == 200
    assert status(f"/courses/{name}") == 404


def test_the_test_digits_are_packed_once_however_many_ask_at_first(monkeypatch):
    digits._packed.cache_clear()
    loaded, load = [], mnist.load

    def slow(which):
        loaded.append(which)
        time.sleep(0.1)
        return load(which)

    monkeypatch.setattr(mnist, "load", slow)
    askers = [threading.Thread(target=digits._once) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert loaded == ["test"]
