"""What Streamlit runs for each visitor: names the pages and runs the chosen one.

It does not stand beside a folder called pages: Streamlit would take what is there for its pages, until it has run once.
"""

from nnviz.ui.frame import menu

menu.pages().run()
