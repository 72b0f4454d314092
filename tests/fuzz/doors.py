"""The doors through which strangers' bytes come in, valid things to begin with, and ways to damage them.

Run alone, `python -m tests.fuzz.doors 100000 [SEED]` tries so many cases and prints how far it is.
"""

from __future__ import annotations

import base64
import io
import resource
import sys
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from nnviz import archives, files, ink
from nnviz.export import link, recipe
from nnviz.files import pictures
from nnviz.mnist import ASSETS
from nnviz.network import Layer, Network
from nnviz.preparation import Preparation
from nnviz.study import build
from nnviz.training import Course, Moment, Recipe, initial

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
SECONDS, BYTES = 0.5, 200_000_000  # of processor time and memory that a case may take
LONGEST = 200  # characters of the sentence that refuses it
APART = (".keras", ".h5")  # read in a process of their own, half a second each: tried one time for twenty of another
WEIRD = (
    "",
    "0",
    "-1",
    "nan",
    "inf",
    "1e999",
    "9" * 400,
    "\0",
    "\u202e",
    "²",
    "🦆",
    "..",
    "../../etc/passwd",
    "%00",
    "[](//e)",
)


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
        Door("drag", lambda text: grid.read_drag({"at": _number(text), "began": 1.0}), ("2.5", "-30")),
    )


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


# ---- damage


def damaged(thing: Any, rng: np.random.Generator) -> Any:
    """Damage bytes or text in one to three ways."""
    ways = _BYTES if isinstance(thing, bytes) else _TEXT
    for _ in range(rng.integers(1, 4)):
        thing = ways[rng.integers(len(ways))](thing, rng)
    return thing


def _place(thing: Any, rng: np.random.Generator) -> int:
    return int(rng.integers(len(thing) + 1))


def _flip(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.integers(1, 9)):
        if changed:
            changed[rng.integers(len(changed))] ^= 1 << rng.integers(8)
    return bytes(changed)


def _cut(thing: Any, rng: np.random.Generator) -> Any:
    return thing[: _place(thing, rng)]


def _doubled(thing: Any, rng: np.random.Generator) -> Any:
    start, end = sorted((_place(thing, rng), _place(thing, rng)))
    return thing[:end] + thing[start:]


def _large_number(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    number = int(rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 30_000, 100_000]))
    return data[:at] + number.to_bytes(4, rng.choice(["big", "little"])) + data[at + 4 :]


def _noise(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.bytes(int(rng.integers(1, 200))) + data[at:]


def _repacked(data: bytes, rng: np.random.Generator) -> bytes:
    """Make another archive: headers that lie, arrays of other kinds, names and ways to pack."""
    kinds = (
        lambda: np.zeros(
            int(rng.integers(0, 3000)), rng.choice(["<f8", "<f2", "<c8", "<U4", "|S3", "<M8[s]", "|b1", ">f4"])
        ),
        lambda: np.full((16, 784), rng.choice([np.nan, np.inf, 1e30, -1e7]), np.float32),
        lambda: np.asfortranarray(rng.normal(size=(28, 28)).astype(np.float32)),
        lambda: np.zeros((3, 4), [("a", "<f4"), ("b", "<i8", (2,))]),
        lambda: np.zeros(tuple(rng.integers(0, 3, rng.integers(0, 20))), np.float32),
    )
    names = ["W1", "b1", "W2", "b2", "W3", "b3", "w", "b", "x", "y", "a" * 50, "../evil", "\u202e", "W1"]
    file = io.BytesIO()
    method = int(
        rng.choice(
            [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
        )
    )
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in dict.fromkeys(rng.choice(names, int(rng.integers(1, 8)))):
            body = io.BytesIO()
            np.save(body, kinds[rng.integers(len(kinds))](), allow_pickle=False)
            text = body.getvalue()
            if rng.random() < 0.3:
                text = text.replace(b"False", b"True ").replace(b"(16,", b"(99999999999,")
            if rng.random() < 0.2:
                text = _flip(text, rng)
            archive.writestr(f"{name}{rng.choice(['.npy', '.npy', '.npy', '', '.pkl'])}", text)
    return file.getvalue()


def _parts(data: bytes, rng: np.random.Generator) -> bytes:
    """Add very many empty parts, as protobuf and others count them, or brackets within brackets."""
    part = (b"\x0a\x00", b"\x3a\x00", b"\x2a\x00", b"[", b'{"a":')[rng.integers(5)]
    return data[: _place(data, rng)] + part * int(rng.choice([100, 10**4, 10**6]))


def _swapped(data: bytes, rng: np.random.Generator) -> bytes:
    """Replace letters in the names that formats keep: another layer, another array."""
    words = (b"weight", b"bias", b"Gemm", b"Relu", b"MatMul", b"kernel", b"Dense", b"relu", b"layers", b"F32", b"vars")
    word = words[rng.integers(len(words))]
    return data.replace(word, rng.bytes(len(word)) if rng.random() < 0.5 else word[::-1], int(rng.integers(1, 4)))


def _zeros(data: bytes, rng: np.random.Generator) -> bytes:
    """Deflate very many zeros: small to send, large to unpack."""
    packed = zlib.compress(bytes(int(rng.choice([10**5, 10**7]))), 9)
    return data[: _place(data, rng)] + packed


def _letters(text: str, rng: np.random.Generator) -> str:
    changed = list(text)
    for _ in range(rng.integers(1, 5)):
        if changed:
            changed[rng.integers(len(changed))] = chr(rng.choice([*range(32, 127), 0, 0x3B1, 0x1F986, 0x202E]))
    return "".join(changed)


def _word(text: str, rng: np.random.Generator) -> str:
    at = _place(text, rng)
    return text[:at] + str(rng.choice(WEIRD)) + text[at:]


def _packed(text: str, rng: np.random.Generator) -> str:
    """Pack other bytes as a link does, so that the checksum holds."""
    return link.pack(rng.bytes(int(rng.choice([0, 1, 783, 784, 785, 1572, 4000]))))


def _long(text: str, rng: np.random.Generator) -> str:
    return (text[:100] or "1") * int(rng.choice([2, 50, 3000]))


_BYTES = (_flip, _flip, _cut, _doubled, _large_number, _large_number, _noise, _repacked, _zeros, _parts, _swapped)
_TEXT = (_letters, _letters, _cut, _doubled, _word, _packed, _long)


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
