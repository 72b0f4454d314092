"""How a training's moments reach the page that watches it, and the courses of the shipped networks.

The page's script asks again and again (`nnviz/ui/pages/train/`): that costs the server a millisecond, where a run of
the page would cost some twenty. An answer waits until there is something new.
"""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from nnviz.workers.room import room
from nnviz.workers.training import Training

COURSES = Path(__file__).parents[2] / "assets" / "courses"
PATIENCE = 1.0  # seconds until an answer without anything new
PAUSE = 0.03  # between two looks
KIND = "application/octet-stream"
AS_IS = {"content-encoding": "identity"}  # weights hardly shrink: compressing them would cost more than sending them
UNSTORED = {"cache-control": "no-store", **AS_IS}


async def _training(request: Request) -> Response:
    """Answer with what is new since the page last asked: see `answer`."""
    token, asked = request.path_params["token"], request.query_params
    known = _number(asked.get("shown", "")), asked.get("state", "")
    training = room().ask(token)
    for _ in range(round(PATIENCE / PAUSE)):
        if training is None or now(training) != known:
            break
        await asyncio.sleep(PAUSE)
    if training is None:
        return PlainTextResponse("There is no such training.", 404, UNSTORED)
    return Response(answer(training, _number(asked.get("from", ""))), media_type=KIND, headers=UNSTORED)


def now(training: Training) -> tuple[int, str]:
    """Tell what a page has seen from what it has not: how many moments there were, and the state."""
    return training.shown, training.state


def answer(training: Training, first: int) -> bytes:
    """Write down the moments that stay, of the numbers from `first` on, and the latest, if that does not stay.

    Before each stands how many bytes it has, uint32; before all of them, also so, a header in JSON: how many moments
    there were, the state, how many trainings wait before this one, what went wrong, the numbers of all that stay, and
    of those given, where the latest has null.
    """
    with room().lock:
        given = {number: moment for number, moment in training.kept.items() if number >= first}
        latest = [training.latest] if training.latest else []
        shown, state = now(training)
        header = {
            "shown": shown, "state": state, "before": room().place(training), "trouble": training.trouble,
            "kept": list(training.kept), "given": [*given, *([None] * len(latest))],
        }  # fmt: skip
    parts = [json.dumps(header).encode(), *given.values(), *latest]
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)


async def _whole(request: Request) -> Response:
    """Send all of a training that is over, as `nnviz.training.course_bytes` has it."""
    training = room().find(request.path_params["token"])
    if training is None or not training.course:
        return PlainTextResponse("There is no such course.", 404, UNSTORED)
    return Response(training.course, media_type=KIND, headers=UNSTORED)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


async def _ready(_: Request) -> Response:
    """Have a process ready to train in: somebody looks at the page."""
    await asyncio.to_thread(room().warm)
    return PlainTextResponse("", 204, UNSTORED)


async def _course(request: Request) -> Response:
    """Send the course of a shipped network."""
    found = {path.stem: path for path in COURSES.glob("*.course")}.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such course.", 404)
    return FileResponse(found, media_type=KIND, headers={"cache-control": "no-cache", **AS_IS})


ROUTES = [
    Route("/training/ready", _ready, methods=["POST"]),
    Route("/training/{token}", _training),
    Route("/training/{token}/course", _whole),
    Route("/courses/{name}", _course),
]
