"""nnviz as a server: Streamlit's, behind a guard. Start it with `make run` or `streamlit run app.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from streamlit.starlette import App

from nnviz import served, threads
from nnviz.web import memory, messages, phones, sockets, theme
from nnviz.web.connections import Connections
from nnviz.web.guard import Guard
from nnviz.web.page import Page
from nnviz.web.routes import ROUTES, handed_out
from nnviz.web.uploads import Uploads

threads.keep_to_one()  # before the first page loads NumPy
memory.keep_to_one_heap()


def explorer() -> tuple[str, str]:
    """Make the explorer in one file, once somebody asks for it."""
    from nnviz.ui.pocket import handed

    page = handed.explorer()
    return page.text, page.policy


def head(query: str) -> str:
    """Return what is added to a page asked for with this query, once one is: Plotly loads with it."""
    from nnviz.ui.frame import look

    return look.head(query)


@asynccontextmanager
async def lifespan(server: App) -> AsyncIterator[None]:
    """Before the first visitor comes, and while there are some."""
    theme.keep()
    messages.check()
    phones.warn()
    async with memory.lifespan(server), sockets.lifespan():
        yield


served.networks()  # read now, so that what is wrong with them is said when the server starts
app = App(
    "nnviz/ui/frame/script.py",
    routes=[*ROUTES, handed_out("/pocket", explorer)],
    middleware=[
        Middleware(Guard),
        Middleware(Connections),
        Middleware(messages.Messages),
        Middleware(Uploads),
        Middleware(Page, more=head, apart=("/pocket",)),
    ],
    lifespan=lifespan,
)
