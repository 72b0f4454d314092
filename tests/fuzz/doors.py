"""The doors through which strangers' bytes come in, valid things to begin with, and how each damaged one ended.

Run alone, `python -m tests.fuzz.doors 100000 [SEED]` tries so many cases and prints how far it is.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from nnviz import archives, files, ink
from nnviz.export import link, recipe
from nnviz.files import pictures
from nnviz.mnist import ASSETS
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.study import build
from nnviz.training import Course, Moment, Recipe, initial
from nnviz.web import ballot, votes
from tests.fuzz.damage import damaged
from tests.phones import FORM, ROOM, Phone, said

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SECONDS, BYTES = 0.5, 200_000_000  # of processor time and memory that a case may take
LONGEST = 200  # characters of the sentence that refuses it
APART = (".keras", ".h5")  # read in a process of their own, half a second each: tried one time for twenty of another


@dataclass(frozen=True)
class Door:
    """A way in: its name, what it calls with bytes or text, things it must accept, and whether it is tried rarely."""

    name: str
    enter: Callable[[Any], object]
    valid: tuple[Any, ...]
    rare: bool = False


# ---- valid things


def _network() -> bytes:
    return (ASSETS / "networks" / "smooth.npz").read_bytes()


def _course() -> bytes:
    rng, recipe = np.random.default_rng(0), Recipe(epochs=1, sizes=(784, 4, 10))
    course = Course(recipe, 9)
    for step in (0, 3, 9):
        rows = rng.random(4).tolist()
        course.add(Moment(step, step / 9, *rows, rng.random(10), initial(rng, recipe.sizes)))
    return course.to_bytes()


def _png(side: int = ink.CANVAS, mode: str = "RGBA") -> bytes:
    pixels = np.random.default_rng(0).integers(0, 256, (side, side), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(file, "PNG")
    return file.getvalue()


LETTERS = Network((Layer(np.eye(3, 8), np.zeros(3), "softmax"),), (2, 4), ("a", "b", "c"))


def _labelled() -> tuple[bytes, ...]:
    x, y = np.arange(40, dtype=np.uint8).reshape(5, 2, 4), np.arange(5) % 3
    return archives.pack_arrays(x=x, y=y), archives.pack_arrays(x=x / 255, y=np.array(["a", "b", "c", "a", "b"]))


def doors(folder: Path) -> tuple[Door, ...]:
    """List the doors; files that must lie on a disk are put into `folder`."""
    from nnviz.ui.kit import canvas  # may be imported only where Streamlit runs
    from nnviz.ui.pages.build import grid

    def from_disk(data: bytes) -> Network:
        path = folder / "strange.npz"
        path.write_bytes(data)
        return Network.load(path)

    neuron, digit = build.bar(), np.random.default_rng(1).random((28, 28))
    arrays = (
        _network(),
        link.neuron_bytes(neuron, -3.0),
        archives.pack_arrays(w=np.asfortranarray(neuron), b=np.array(1)),
    )
    return (
        Door("drawing", link.decode, (link.encode(digit), link.encode(np.zeros(784)))),
        Door("painted", link.decode_neuron, (link.encode_neuron(neuron, -3.0),)),
        Door("turned", link.decode_turned, ("1.4.b:2.5", "1.4.b:2.5,2.3.7:-1.25e-5")),
        Door(
            "recipe",
            recipe.decode,
            ("epochs:20,sizes:32-16,rate:0.01", "epochs:1,pens:1,noise:0.1,optimiser:sgd,seed:7"),
        ),
        Door("neuron file", link.load_neuron, arrays[1:]),
        Door("pictures", lambda data: pictures.read(data, LETTERS), _labelled()),
        Door("arrays", archives.unpack_arrays, arrays),
        Door("network on disk", from_disk, arrays[:1]),
        *(Door(f"{ending} file", _reads(ending), _of_kind(ending), ending in APART) for ending in files.KINDS),
        Door("course", Course.from_bytes, (_course(),)),
        Door("canvas", canvas._read_png, (_png(), _png(mode="L"), _png(mode="P"))),
        Door("small picture", lambda png: canvas._read_png(png, ink.SIDE), (_png(ink.SIDE, "L"),)),
        Door("grid", grid.read, (base64.b64encode(np.zeros(784, "<i2").tobytes()).decode(),)),
        *_ballot(),
        Door("drag", lambda text: grid.read_drag({"at": _number(text), "began": 1.0}), ("2.5", "-30")),
    )


def _ballot() -> Iterator[Door]:
    """The ballot's addresses, forms and cookies, and the counts' addresses; a refusal is the sentence on the page."""
    rooms = votes.Votes()
    code = rooms.ask(ROOM, 8, "A bright region", "ABCD")
    app = Starlette(routes=[Route("/vote", ballot.Ballot(rooms)), Route("/votes", ballot.Counts(rooms))])
    token, at = rooms.admit(code, "10.0.0.1"), "0" * 64

    def asks(path: str, sentence: Callable[[Any], str]) -> Callable[[str], None]:
        return lambda query: _heard(Phone(app).request("GET", f"{path}?{quote(query, safe='=&%')}"), sentence)

    def votes_with(body: bytes, cookie: str = token) -> None:
        phone = Phone(app)
        phone.cookies = {ballot.COOKIE: cookie.encode("utf-8", "replace").decode("latin-1")}
        _heard(phone.request("POST", "/vote", body, FORM), said)

    form = f"room={code}&question=8&choice=A".encode()
    yield Door("ballot", asks("/vote", said), (f"room={code}", f"room={code}&at={at}", f"room={code}&led=1"))
    yield Door("vote", votes_with, (form, form.replace(b"=A", b"=D")))
    yield Door("vote's cookie", lambda cookie: votes_with(form, cookie), (token,))
    yield Door(
        "counts", asks("/votes", lambda answer: json.loads(answer.text)["trouble"]), (f"room={code}&question=8",)
    )


def _heard(answer: Any, sentence: Callable[[Any], str]) -> None:
    """Raise what a visitor reads of a refusal; anything that is the server's fault is no refusal."""
    if answer.status >= 500:
        raise AssertionError(f"{answer.status}: {answer.text[:200]}")
    if answer.status >= 400:
        raise ValueError(sentence(answer))


def _of_kind(ending: str) -> tuple[bytes, ...]:
    """Files of a kind as the frameworks wrote them, or nnviz itself."""
    if ending == ".npz":
        file = io.BytesIO()
        layers = (Layer(np.eye(9), np.zeros(9), "leaky relu", 0.2), Layer(np.eye(3, 9), np.zeros(3), "softmax"))
        Network(layers, (3, 3), ("a", "b", "c"), Preparation("as drawn", True, 0.1, 0.3)).save(file)  # type: ignore[arg-type]
        return _network(), file.getvalue()
    return tuple(path.read_bytes() for path in sorted(DATA.glob(f"*{ending}")))


def _reads(ending: str) -> Callable[[bytes], Network]:
    """Read a file of a kind, and choose where it does not say."""

    def enter(data: bytes) -> Network:
        try:
            return files.read(data, f"strange{ending}")
        except files.Unsaid as missing:
            if missing.what == "shape":
                return files.read(data, f"strange{ending}", shape=(1, missing.sizes[0]))
            return files.read(data, f"strange{ending}", ["relu"] * (len(missing.sizes) - 1), (1, missing.sizes[0]))

    return enter


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


# ---- trying


@dataclass(frozen=True)
class Case:
    """One case: which door, what went in, and what is wrong with how it ended; nothing if `trouble` is empty."""

    door: str
    thing: Any
    trouble: str


def cases(count: int, seed: int) -> Iterator[Case]:
    """Try `count` cases, chosen by a seed."""
    rng = np.random.default_rng(seed)
    with TemporaryDirectory() as folder:
        every = doors(Path(folder))
        for door in every:
            door.enter(door.valid[0])  # so that no case pays for a library's loading
        often = np.array([0.05 if door.rare else 1.0 for door in every])
        for _ in range(count):
            door = every[rng.choice(len(every), p=often / often.sum())]
            thing = damaged(door.valid[rng.integers(len(door.valid))], rng)
            yield Case(door.name, thing, trouble(door, thing))


def trouble(door: Door, thing: Any) -> str:
    """Send a thing through a door; say what is wrong with how that ended, or nothing."""
    tracemalloc.reset_peak()
    before, started, peak = tracemalloc.get_traced_memory()[0], time.process_time(), _peak()
    try:
        door.enter(thing)
        said = "accepted"
    except ValueError as error:
        said = str(error)
    except Exception as error:
        said = ""
        if door.name in ("canvas", "small picture") and isinstance(error, OSError | SyntaxError):
            said = "refused by Pillow"  # which the canvas takes as a refusal
        else:
            return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - started
    memory = max(tracemalloc.get_traced_memory()[1] - before, _peak() - peak)  # Pillow's is in the process's alone
    if seconds > SECONDS or memory > BYTES:
        return f"it took {seconds:.2f} s and {memory / 1e6:.0f} MB"
    if not said.strip() or len(said) > LONGEST or "\n" in said:
        return f"the sentence is no sentence: {said[:300]!r}"
    return ""


def _peak() -> int:
    """Return the most memory this process has ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    AppTest.from_file(str(ROOT / "pages" / "1_draw.py")).run()  # the canvas's package wants an app that runs
    print(f"{count:,} cases, seed {seed}")
    tracemalloc.start()
    wrong = 0
    for number, case in enumerate(cases(count, seed), start=1):
        if case.trouble:
            wrong += 1
            print(f"\n{case.door}: {case.trouble}\n  {case.thing[:200]!r}")
        if number % 1000 == 0:
            print(f"\r{number:,} tried, {wrong} wrong", end="", flush=True)
    print()
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
