"""The server for foreign_app.py, with the style sheet that app.py serves."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from nnviz.ui.frame import look
from nnviz.web.page import Page

app = App("foreign_app.py", middleware=[Middleware(Page, more=look.head)])
