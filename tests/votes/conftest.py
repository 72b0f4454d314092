"""Rooms of a process of their own, and the application that phones ask."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from nnviz.web import ballot
from nnviz.web.guard import Guard
from nnviz.web.votes import Votes


@pytest.fixture
def clock():
    """Seconds that a test lets pass: a list of one number."""
    return [1000.0]


@pytest.fixture
def rooms(clock):
    return Votes(lambda: clock[0])


@pytest.fixture
def app(rooms):
    routes = [Route("/vote", ballot.Ballot(rooms)), Route("/votes", ballot.Counts(rooms))]
    return Starlette(routes=routes, middleware=[Middleware(Guard)])
