"""What the server keeps, and gives back: sessions past their time, and one thread a process for linear algebra."""

import asyncio
import gc
import inspect
import os
import subprocess
import sys
import weakref
from types import SimpleNamespace
from unittest.mock import Mock

from streamlit.runtime import Runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from nnviz import threads
from nnviz.web import memory
from tests import loop


class Session:
    """Stands for a visitor who has gone."""

    id = "gone"


def test_a_session_past_its_time_is_dropped_although_nobody_comes():
    storage = MemorySessionStorage(ttl_seconds=0)
    server = SimpleNamespace(_session_mgr=SimpleNamespace(_session_storage=storage))
    session = Session()
    left = weakref.ref(session)
    storage.save(SimpleNamespace(session=session))
    del session
    gc.collect()
    assert left() is not None
    assert memory.forget(server) == 1
    gc.collect()
    assert left() is None
    assert memory.forget(server) == 0


def test_a_session_whose_time_is_not_over_stays():
    storage = MemorySessionStorage(ttl_seconds=60)
    storage.save(SimpleNamespace(session=Session()))
    assert memory.forget(SimpleNamespace(_session_mgr=SimpleNamespace(_session_storage=storage))) == 0
    assert storage.get("gone") is not None


def test_streamlits_server_keeps_its_sessions_where_they_are_looked_for():
    storage = MemorySessionStorage()
    parts = {"session_storage": storage, "uploaded_file_manager": Mock(), "script_cache": Mock()}
    manager = WebsocketSessionManager(**parts, message_enqueued_callback=None)
    assert manager._session_storage is storage
    assert "self._session_mgr = config.session_manager_class(" in inspect.getsource(Runtime.__init__)


def test_the_server_looks_again_and_again_while_it_runs(monkeypatch):
    looked = []
    monkeypatch.setattr(memory, "EVERY", 0)
    monkeypatch.setattr(memory.runtime, "exists", lambda: True)
    monkeypatch.setattr(memory.runtime, "get_instance", lambda: "the server")
    monkeypatch.setattr(memory, "forget", lambda server: looked.append(server) or 1)

    async def run():
        async with memory.lifespan(None), asyncio.timeout(20):
            while len(looked) < 2:
                await asyncio.sleep(0)

    loop.run(run())
    assert set(looked) == {"the server"}


def test_a_process_keeps_to_one_thread_unless_it_is_told_otherwise():
    environment = {"OMP_NUM_THREADS": "3"}
    threads.keep_to_one(environment)
    assert (environment["OPENBLAS_NUM_THREADS"], environment["OMP_NUM_THREADS"]) == ("1", "3")


def test_the_app_is_imported_without_numpy_so_that_the_setting_still_counts():
    program = "import sys, app, os; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "1"]
