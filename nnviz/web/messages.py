"""What a browser may tell the server: what its page has to say, each widget's state in that widget's own kind.

Any program can speak to the websocket that a page speaks to. Some messages are for a developer's own page: they empty
all visitors' caches, or read the folder that nnviz runs in. Others name a widget's state in another widget's kind, or
in JSON that is none: Streamlit 1.67 then ends the run with an error, and writes a traceback into its log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request")
NUMBERS = ("int_value", "double_value")  # a page sends a number's as it happens to be
OPERATION = "deferred_file"  # the only one of backend operations: a download is made when it is pressed


class Messages:
    """Let pass of a websocket's messages what pages ask; the rest is as if it had not been said."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def heard() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or allowed(message.get("bytes")):
                    return message

        await self.app(scope, heard, send)


def allowed(data: bytes | None) -> bool:
    """Say whether a message is one that pages send; Streamlit itself refuses what is no message, and says so."""
    from google.protobuf.message import DecodeError
    from streamlit.proto.BackMsg_pb2 import BackMsg

    if data is None:  # text, for which it would write a traceback
        return False
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except (DecodeError, RuntimeError):
        return True
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") == OPERATION
    return kind in ASKED


def check() -> None:
    """Have Streamlit take a widget's state that is not sound for one that was not sent: the widget's own default."""
    from streamlit.runtime.state.session_state import WStates

    if not hasattr(WStates.__getitem__, "__wrapped__"):
        WStates.__getitem__ = _checked(WStates.__getitem__)  # type: ignore[method-assign]


def _checked(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return what reads a widget's state as `read` does, `WStates.__getitem__` in Streamlit 1.67, if it is sound."""
    from streamlit.proto.WidgetStates_pb2 import WidgetState
    from streamlit.runtime.state.session_state import Serialized

    @wraps(read)
    def checked(states: Any, name: str) -> Any:
        state, known = states.states.get(name), states.widget_metadata.get(name)
        if known is None or not isinstance(state, Serialized):
            return read(states, name)
        kind = state.value.WhichOneof("value")
        if kind not in (None, known.value_type) and not {kind, known.value_type} <= set(NUMBERS):
            states.states[name] = Serialized(WidgetState(id=name))
        try:
            return read(states, name)
        except Exception:  # JSON that is none, or is nested without end; a list without what should be in it
            states.states[name] = Serialized(WidgetState(id=name))
            return read(states, name)
        finally:  # the kind is the widget's, not that of what was sent
            states.set_widget_metadata(replace(states.widget_metadata[name], value_type=known.value_type))

    return checked
