"""The training a session has, and the courses there are to look at: its own, and those of the shipped networks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nnviz import mnist
from nnviz.figures.layers import layer_names
from nnviz.network import Network
from nnviz.training.course import Course
from nnviz.training.course_bytes import read_moment
from nnviz.training.lessons import learned_from
from nnviz.training.loop import steps_of
from nnviz.training.moment import Moment
from nnviz.training.parameters import initial
from nnviz.training.recipe import Recipe
from nnviz.ui.session import data
from nnviz.web.connections import visitor
from nnviz.workers import worker
from nnviz.workers.room import Refused, room
from nnviz.workers.training import Training

MINE = "yours"


@dataclass(frozen=True, eq=False)
class Watched:
    """What is looked at: a course at one moment.

    Attributes
    ----------
    recipe : Recipe
    steps : int
        Of all of it.
    name : str
        Of the shipped network whose course it is, or `MINE`; empty for what a recipe would begin with.
    network : Network
        At the moment chosen, the last if none is.
    moment : Moment or None
        That moment; None before the first.
    course : Course or None
        As far as it has come; None before the first moment.
    training : Training or None
        Whose course it is; None for a shipped network's, and for what a recipe would begin with.
    """

    recipe: Recipe
    steps: int
    network: Network
    moment: Moment | None = None
    course: Course | None = None
    training: Training | None = None
    name: str = ""

    @property
    def whole(self) -> Course | None:
        """Return the course, if nothing is to come."""
        return None if self.training and not self.training.ended else self.course

    @property
    def drawn(self) -> Network:
        """Return what the figures are drawn of, which then follow the scrubber: the end, or else the beginning.

        It must not change while a network trains: a figure drawn anew would jump.
        """
        return self.whole.moments[-1].network if self.whole else beginning(self.recipe)


def shipped() -> tuple[str, ...]:
    """Name the shipped networks whose courses are there."""
    return tuple(name for name in data.NETWORKS if _file(name).is_file())


def training() -> Training | None:
    """Return the session's training, if it has one that the server still keeps."""
    found = room().find(st.session_state["training"])
    return found if found and found.owner == _session() else None


def start(recipe: Recipe, since: Training | None = None) -> None:
    """Train by a recipe; or go on where a training was lost. ValueError says why that cannot be."""
    recipe.check()
    kept = list(since.kept.values()) if since else []
    try:
        begun = room().start(_session(), worker.job(recipe, kept), kept, _address())
    except Refused as error:
        raise ValueError(f"{error}") from None
    st.session_state["training"], st.session_state["taught"] = begun.token, recipe


def watched(name: str) -> Watched:
    """Return the course of that name at the moment chosen; if there is none, what one's recipe would begin with."""
    own = training() if name == MINE else None
    course = _own(own) if own else _shipped(name) if name in shipped() else None
    if course is None:
        recipe = st.session_state["taught"] if own else st.session_state["recipe"]
        return Watched(recipe, steps_of(recipe, learned_from(recipe)), beginning(recipe), training=own)
    step = chosen(own.token if own else name)
    found = [moment for moment in course.moments if step is None or moment.step <= step]
    moment = found[-1] if found else course.moments[0]
    return Watched(course.recipe, course.steps, moment.network, moment, course, own, name)


@lru_cache(8)
def beginning(recipe: Recipe) -> Network:
    """Make the network a training by this recipe begins with; its biases are not centred yet."""
    return initial(np.random.default_rng(recipe.seed), recipe.sizes, recipe.hidden, recipe.output)


def chosen(source: str) -> int | None:
    """Return the step the scrubber of a course, or of a training by its token, was left at; None at the end."""
    at = said("at")
    if not isinstance(at, dict) or at.get("source") != source:
        return None  # of another course
    step = at.get("step")
    return step if type(step) is int and step >= 0 else None


def said(what: str) -> Any:
    """Return what the scrubber has said last."""
    return (st.session_state.get("moment") or {}).get(what)


def layer_name(net: Network, layer: int) -> str:
    """Name a layer of a network as the figures do: input, hidden 1, hidden 2, output."""
    return layer_names(len(net.layers))[layer]


def _own(found: Training) -> Course | None:
    """Read what there is of a training."""
    if found.course:
        return _read(found.course)
    with room().lock:
        moments = [*found.kept.values(), *([found.latest] if found.latest else [])]
    if not moments:
        return None
    read = [read_moment(each) for each in moments]
    course = Course(st.session_state["taught"], *read[0][:2])
    for _, _, moment in read:
        course.add(moment)
    return course


def _shipped(name: str) -> Course:
    try:
        return _read(_bytes(name))
    except (OSError, ValueError) as error:
        raise data.Unreadable(f"{name}.course cannot be read: {error}.") from error


@lru_cache(4)
def _read(data: bytes) -> Course:
    return Course.from_bytes(data)


@st.cache_resource(show_spinner=False)
def _bytes(name: str) -> bytes:
    return _file(name).read_bytes()


def _file(name: str) -> Path:
    return mnist.ASSETS / "courses" / f"{name}.course"


def _address() -> str:
    return visitor({"client": (st.context.ip_address or "", 0)})


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""
