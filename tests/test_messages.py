"""What a hostile browser may tell the server, and what the server makes of it: as if it had not been said."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import WStates

from nnviz.web import messages
from tests import loop


def message(name, **fields):
    """A message of a kind, as bytes."""
    made = BackMsg()
    if isinstance(getattr(made, name), bool):
        setattr(made, name, True)
    else:
        getattr(made, name).SetInParent()
    for field, part in fields.items():
        getattr(getattr(made, name), field).CopyFrom(part) if part else getattr(
            getattr(made, name), field
        ).SetInParent()
    return made.SerializeToString()


@pytest.mark.parametrize("name", ["rerun_script", "stop_script", "app_heartbeat", "file_urls_request"])
def test_what_pages_say_passes(name):
    assert messages.allowed(message(name))


@pytest.mark.parametrize("name", ["clear_cache", "load_git_info", "set_run_on_save", "debug_shutdown_runtime"])
def test_what_is_a_developers_does_not(name):
    assert not messages.allowed(message(name))
    assert not messages.allowed(message("rerun_script") + message(name))  # the last one counts


def test_of_the_servers_operations_a_download_alone_passes():
    assert messages.allowed(message("backend_operation_request", deferred_file=None))
    assert not messages.allowed(message("backend_operation_request", install_skills=None))
    assert not messages.allowed(message("backend_operation_request"))


def test_text_is_no_message():
    assert not messages.allowed(None)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\xff"])
def test_what_is_no_message_is_left_to_streamlit(data):
    assert messages.allowed(data)


def test_a_message_that_may_not_be_said_is_passed_over_and_the_next_one_heard():
    said = [message("clear_cache"), message("load_git_info"), message("rerun_script")]
    coming = iter([{"type": "websocket.connect"}, *({"type": "websocket.receive", "bytes": each} for each in said)])
    heard = []

    async def receive():
        return next(coming)

    async def app(scope, receive, send):
        heard.extend([await receive(), await receive()])

    loop.run(messages.Messages(app)({"type": "websocket"}, receive, None))
    assert [each.get("bytes") for each in heard] == [None, said[-1]]


# ---- the states of widgets


@pytest.fixture
def states():
    """One slider, which is 5.0 at first, and a component."""
    messages.check()
    found = WStates()
    found.set_widget_metadata(
        WidgetMetadata("slider", lambda sent: 5.0 if sent is None else sent[0], lambda x: [x], "double_array_value")
    )
    found.set_widget_metadata(WidgetMetadata("component", lambda sent: sent or {}, lambda x: x, "json_value"))
    return found


def sent(name, **values):
    state = WidgetState(id=name)
    for field, each in values.items():
        getattr(state, field).data.extend(each) if isinstance(each, list) else setattr(state, field, each)
    return state


def test_what_a_page_sends_is_read_as_before(states):
    states.set_widget_from_proto(sent("slider", double_array_value=[7.0]))
    states.set_widget_from_proto(sent("component", json_value='{"at": 1}'))
    assert (states["slider"], states["component"]) == (7.0, {"at": 1})
    assert states.get_serialized("slider").double_array_value.data == [7.0]


def test_a_number_is_one_whole_or_not(states):
    states.set_widget_metadata(
        WidgetMetadata("number", lambda sent: 1 if sent is None else int(sent), int, "double_value")
    )
    for values in ({"int_value": 7}, {"double_value": 7.0}):
        states.set_widget_from_proto(sent("number", **values))
        assert states["number"] == 7


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("slider", {"string_value": "x"}), ("slider", {"json_value": "{}"}), ("slider", {"bool_value": True}),
        ("slider", {"double_array_value": []}), ("component", {"double_value": float("nan")}),
        ("component", {"json_value": ""}), ("component", {"json_value": "[" * 100_000}),
    ],
)  # fmt: skip
def test_another_kind_or_no_json_is_as_if_it_had_not_been_sent(states, name, values):
    for each in ({}, values):  # nothing at all, too, which has no kind
        states.set_widget_from_proto(sent(name, **each))
        assert states[name] == {"slider": 5.0, "component": {}}[name]
    assert states.as_widget_states()[0].WhichOneof("value") in (None, "double_array_value", "json_value")
    states.set_widget_from_proto(sent("slider", double_array_value=[7.0]))
    assert states["slider"] == 7.0


def test_the_check_is_put_before_streamlits_own_once_only():
    messages.check()
    found = WStates.__getitem__
    messages.check()
    assert WStates.__getitem__ is found
