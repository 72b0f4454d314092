"""nnviz as Streamlit runs it, with foreign networks in every session, as if they had been opened.

`?foreign=` in the address chooses one of them.
"""

import streamlit as st

from nnviz.ui.frame import menu
from tests import foreign

st.session_state["yours"] = foreign.own()
if name := st.query_params.get("foreign"):
    st.session_state["network"] = foreign.key(name)
    st.query_params.pop("foreign")
menu.pages().run()
