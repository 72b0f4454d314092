"""How many uploaded files the server keeps for one visitor."""

import asyncio
from types import SimpleNamespace

import pytest

from nnviz.web import uploads


@pytest.fixture
def files(monkeypatch):
    """What Streamlit keeps: two sessions' files by their ids."""
    kept = {"mine": {str(k): SimpleNamespace(data=b"") for k in range(uploads.MOST_FILES)}, "other": {}}
    monkeypatch.setattr(uploads.runtime, "exists", lambda: True)
    monkeypatch.setattr(
        uploads.runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=SimpleNamespace(file_storage=kept))
    )
    return kept


def put(path, method="PUT", kind="http", length=100):
    """Send a request; return the status it gets, 200 if it reaches Streamlit."""
    answered = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        answered.append(message)

    scope = {"type": kind, "method": method, "path": path, "headers": [(b"content-length", str(length).encode())]}
    asyncio.run(uploads.Uploads(app)(scope, None, send))
    return answered[0]["status"]


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


def test_streamlit_keeps_files_where_they_are_looked_for():
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    manager = MemoryUploadedFileManager("/_stcore/upload_file")
    manager.add_file("mine", UploadedFileRec("7", "a.npz", "x", b"abc"))
    assert manager.file_storage["mine"]["7"].data == b"abc"
