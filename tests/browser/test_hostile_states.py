"""Another program in the page's place: whatever it sends as a widget's state, its session goes on without an error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from tests.browser.visit import PATIENCE

PAGES = ("", "neurons", "build", "network", "train", "digits", "talk")
NAMES = (  # of what our components say
    "at", "poll", "layer", "by", "pressed", "painted", "threshold", "trouble", "stroke", "narrow", "heard",
    "turned",
)  # fmt: skip
POINT = '{"curve_number":"0","point_index":null,"point_number":1e99,"x":NaN,"y":-1,"z":{},"customdata":%s}'


def whole(value: str) -> str:
    """An object in JSON with one value under every name that a component of ours uses."""
    return "{" + ",".join(f'"{name}":{value}' for name in NAMES) + "}"


def clicked(customdata: str) -> str:
    return '{"selection":{"points":[%s],"point_indices":[-5],"box":[],"lasso":[]}}' % (POINT % customdata)


# Of each kind of widget what no page sends, though it is of that kind; of all other widgets, the last.
WRONG: dict[str, list[dict[str, Any]]] = {
    "Button": [{"trigger_value": True}],
    "ButtonGroup": [{"string_array_value": each} for each in ([], ["nobody"], ["<b>", "0"])],
    "Checkbox": [{"bool_value": each} for each in (False, True)],
    "FileUploader": [{"file_uploader_state_value": "../../etc/passwd"}],
    "NumberInput": [{"double_value": each} for each in (float("nan"), float("inf"), -5.0, 0.3)],
    "Selectbox": [{"string_value": each} for each in ("nobody", "x" * 10_000, "\0")],
    "Slider": [{"double_array_value": each} for each in ([float("nan")], [1e308], [], [1.0, 2.0], [-1.0])],
    "TextInput": [{"string_value": each} for each in ("<script>", "16, 99999999", "[a](javascript:x)")],
    "PlotlyChart": [
        {"string_value": each}
        for each in ("{}", '{"selection":{}}', '{"selection":null}', *map(clicked, ("null", '"<b>"', "[[1e400]]")))
    ],
    "BidiComponent": [
        {"json_value": whole(each)}
        for each in ("null", "-1", "1e999", "NaN", '"<img src=x>"', "[]", '{"at":1}', "[[null]]", '"1.AAAA"', "true")
    ],
    "": [{"json_value": "{"}, {"json_value": "[" * 50_000}, {"double_value": float("nan")}, {"string_value": "x"}],
}  # fmt: skip


class Program:
    """What speaks to the websocket that a page would."""

    def __init__(self, address: str, page: str) -> None:
        stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
        self.line = connect(stream, subprotocols=["streamlit"], max_size=None, origin=address, legacy=True)  # type: ignore[arg-type,call-arg]
        self.page = page
        self.widgets: dict[str, str] = {}

    def run(self, states: list[WidgetState]) -> list[str]:
        """Have the page run with these states of its widgets; return the errors on it, and note what widgets it has."""
        message, errors = BackMsg(), []
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.widgets.extend(states)
        self.line.send(message.SerializeToString())
        while True:
            heard = ForwardMsg.FromString(self.line.recv(timeout=PATIENCE))  # type: ignore[arg-type]
            if (
                heard.WhichOneof("type") == "script_finished"
                and heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            ):
                return errors
            if heard.delta.new_element.WhichOneof("type") == "exception":
                errors.append(heard.delta.new_element.exception.type)
            self.find(heard.delta)

    def find(self, message: Any) -> None:
        """Note the widgets in a message: their ids, and what kinds they are."""
        for field, value in message.ListFields():
            if field.name == "id" and str(value).startswith("$$"):
                self.widgets[value] = message.DESCRIPTOR.name
            elif field.message_type and not hasattr(value, "items"):
                for each in [value] if hasattr(value, "ListFields") else value:
                    self.find(each)


def state(name: str, sent: dict[str, Any]) -> WidgetState:
    made = WidgetState(id=name)
    for field, value in sent.items():
        if field == "file_uploader_state_value":
            made.file_uploader_state_value.uploaded_file_info.add(file_id=value, name="<b>.npz", size=5)
        elif isinstance(value, list):
            getattr(made, field).data.extend(value)
        else:
            setattr(made, field, value)
    return made


@pytest.fixture(params=PAGES, ids=["draw", *PAGES[1:]])
def program(request: pytest.FixtureRequest, server: str) -> Iterator[Program]:
    program = Program(server, request.param)
    assert program.run([]) == []
    yield program
    program.line.close()


def test_whatever_is_sent_in_a_widgets_place_the_page_goes_on(program):
    assert {"Button", "BidiComponent"} <= set(program.widgets.values())
    first = dict(program.widgets)
    for turn in range(max(map(len, WRONG.values()))):
        sent = {name: WRONG.get(kind, WRONG[""]) for name, kind in first.items()}
        for chosen in (sent, dict.fromkeys(first, WRONG[""])):
            states = [state(name, each[turn]) for name, each in chosen.items() if turn < len(each)]
            assert (program.run(states), turn) == ([], turn)
    assert program.run([]) == []
