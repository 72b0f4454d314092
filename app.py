"""nnviz: names the pages and runs the chosen one. Start it with `make run` or `streamlit run app.py`."""

from nnviz.ui import menu

menu.pages().run()
