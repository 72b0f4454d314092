"""What Streamlit runs for each visitor: names the pages and runs the chosen one."""

from nnviz.ui.frame import menu

menu.pages().run()
