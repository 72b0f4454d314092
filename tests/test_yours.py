"""Networks of a visitor's own as the session keeps them: told apart by all that is in them, and in bounded room."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.ui.session import yours
from nnviz.ui.session.yours import Yours, fingerprint

# ---- which networks are the same

PLAIN = Network((Layer(np.eye(4, dtype=np.float32), np.zeros(4, np.float32), "relu"),))


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, layers=(replace(PLAIN.layers[0], activation="tanh"),)),
        replace(PLAIN, layers=(replace(PLAIN.layers[0], activation="leaky relu", leak=0.1),)),
        replace(PLAIN, layers=(replace(PLAIN.layers[0], activation="leaky relu", leak=0.2),)),
        replace(PLAIN, shape=(1, 4)),
        replace(PLAIN, classes=("a", "b", "c", "d")),
        replace(PLAIN, preparation=Preparation("as drawn")),
        replace(PLAIN, preparation=Preparation("as drawn", inverted=True)),
        replace(PLAIN, layers=(replace(PLAIN.layers[0], b=np.ones(4, np.float32)),)),
    ],
    ids=lambda net: str(net.layers[0].activation),
)
def test_networks_that_differ_in_anything_have_different_names(other):
    assert Yours("", (other,)).name != Yours("", (PLAIN,)).name
    assert Yours("", (replace(other),)).name == Yours("", (other,)).name


def test_leaks_tell_two_networks_apart():
    leaky = [replace(PLAIN.layers[0], activation="leaky relu", leak=leak) for leak in (0.1, 0.2)]
    assert len({fingerprint(replace(PLAIN, layers=(layer,))) for layer in leaky}) == 2


def test_a_fingerprint_is_too_long_for_two_networks_to_be_made_to_share_it():
    assert len(bytes.fromhex(fingerprint(PLAIN))) >= 16


# ---- how much room they take


def test_the_oldest_steps_are_forgotten_where_they_take_too_much_room_and_the_first_and_last_stay(monkeypatch):
    monkeypatch.setattr(yours, "MOST_BYTES", 300)  # of which the weights take 64, and each bias turned 16

    def turning():
        import numpy as np
        import streamlit as st

        from nnviz.study import surgery
        from nnviz.ui.session import yours

        st.session_state.setdefault("yours", ())
        net = st.session_state["first"]
        st.session_state["network"] = "net"
        for value in np.arange(1.0, 31.0):
            after = surgery.change(net, 1, 0, "bias", float(value))
            yours.change(st.session_state["network"], net, after)
            net = after

    app = AppTest.from_function(turning)
    app.session_state["first"] = PLAIN
    assert not app.run().exception
    (mine,) = app.session_state["yours"]
    assert [net.layers[0].b[0] for net in (mine.history[0], mine.network)] == [0, 30]
    assert 10 < len(mine.history) < 31
