"""nnviz as a server: Streamlit's, behind a guard. Start it with `make run` or `streamlit run app.py`."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from nnviz.web.connections import Connections
from nnviz.web.guard import Guard
from nnviz.web.routes import ROUTES

app = App("nnviz/ui/script.py", routes=ROUTES, middleware=[Middleware(Guard), Middleware(Connections)])
