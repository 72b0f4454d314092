"""How many uploaded files the server keeps for one visitor."""

import asyncio
from types import SimpleNamespace

import pytest

from nnviz.web import uploads
from tests import loop


@pytest.fixture
def files(monkeypatch):
    """What Streamlit keeps: two sessions' files by their ids."""
    kept = {"mine": {str(k): SimpleNamespace(data=b"") for k in range(uploads.MOST_FILES)}, "other": {}}
    monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
    monkeypatch.setattr(
        uploads.runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=SimpleNamespace(file_storage=kept))
    )
    return kept


async def app(scope, receive, send):
    """Streamlit, which takes a file when it is whole: `receive` says when."""
    if receive:
        await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(guard, path, method="PUT", length=100, address="10.0.0.1", whole=None):
    """Send a request; return the status it gets, 200 if it reaches Streamlit."""
    answered = []

    async def send(message):
        answered.append(message)

    headers = [(b"content-length", str(length).encode())] if length is not None else []
    scope = {"type": "http", "method": method, "path": path, "headers": headers, "client": (address, 5)}
    await guard(scope, whole, send)
    return answered[0]["status"]


def put(path, method="PUT", length=100):
    return loop.run(ask(uploads.Uploads(app), path, method, length))


def test_a_file_too_many_is_refused_and_one_instead_of_another_is_not(files):
    assert put("/_stcore/upload_file/mine/new") == 413
    assert put("/_stcore/upload_file/mine/3") == 200
    assert put("/_stcore/upload_file/mine/new", "DELETE") == 200
    del files["mine"]["3"]
    assert put("/_stcore/upload_file/mine/new") == 200


def test_files_that_are_too_large_together_are_refused_though_they_are_few(files):
    files["other"] = {"a": SimpleNamespace(data=bytes(16_000_000)), "b": SimpleNamespace(data=bytes(16_000_000))}
    assert put("/_stcore/upload_file/other/c", length=16_000_000) == 413
    assert put("/_stcore/upload_file/other/c", length=7_000_000) == 200
    assert put("/_stcore/upload_file/other/b", length=16_000_000) == 200


def test_one_visitors_files_are_not_counted_as_anothers(files):
    assert put("/_stcore/upload_file/other/new") == 200
    assert put("/_stcore/upload_file/nobody/new") == 200
    assert put("/neurons") == 200


def together(guard, asked, name="file {}"):
    """Upload files, given as session, size and address, all at the same moment; return how each ends."""

    async def all_at_once():
        whole = asyncio.Event()
        sent = [
            asyncio.create_task(
                ask(guard, f"/_stcore/upload_file/{session}/{name.format(k)}", "PUT", size, address, whole.wait)
            )
            for k, (session, size, address) in enumerate(asked)
        ]
        await asyncio.sleep(0.01)
        whole.set()
        return await asyncio.gather(*sent)

    return loop.run(all_at_once())


def test_files_that_come_at_the_same_moment_do_not_all_find_room(files):
    guard = uploads.Uploads(app)
    assert together(guard, [("other", 15_000_000, "10.0.0.1")] * 25) == [200] * 2 + [413] * 23
    assert together(guard, [("other", 100, "10.0.0.1")] * 25) == [200] * 8 + [413] * 17
    assert together(guard, [("other", None, "10.0.0.1")] * 2) == [200, 413]  # of a size that nobody tells
    assert guard.coming == []


def test_files_of_one_name_that_come_at_the_same_moment_are_counted_one_by_one(files):
    guard = uploads.Uploads(app)
    assert together(guard, [("other", 15_000_000, "10.0.0.1")] * 25, "same") == [200] * 2 + [413] * 23
    assert together(guard, [("mine", 100, "10.0.0.1")] * 2, "3") == [200, 413]  # of the eight that are there


def test_an_address_and_all_together_have_bounds_whatever_sessions_they_open(files, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FROM_ONE", 300)
    monkeypatch.setattr(uploads, "MOST_IN_ALL", 500)
    files.clear()
    guard = uploads.Uploads(app)
    asked = [(f"session {k}", 100, "10.0.0.1") for k in range(5)]
    assert together(guard, asked) == [200] * 3 + [503] * 2
    asked = [(f"session {k}", 100, f"10.0.0.{k}") for k in range(7)]
    assert together(guard, asked) == [200] * 5 + [503] * 2
    files["mine"] = {"a": SimpleNamespace(data=bytes(450))}
    assert together(guard, asked[:1]) == [503]


def test_a_file_that_never_ends_is_given_up(files, monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE", 0.02)
    assert loop.run(ask(uploads.Uploads(app), "/_stcore/upload_file/other/a", whole=asyncio.Event().wait)) == 408


def test_streamlit_keeps_files_where_they_are_looked_for():
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    manager.add_file("mine", UploadedFileRec("7", "a.npz", "x", b"abc"))
    assert manager.file_storage["mine"]["7"].data == b"abc"
