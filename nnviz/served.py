"""Networks that a server was started with, for every visitor: `--network FILE`, or all in the folder NNVIZ_NETWORKS.

They are read once, when the server starts. A file that cannot be read is named on its console, and left out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nnviz.sentences import listed, quoted

if TYPE_CHECKING:  # the server imports this before NumPy may be loaded
    from nnviz.network import Network

MOST = 24  # networks
FOLDER, OPTION = "NNVIZ_NETWORKS", "--network"
RESERVED = ("smooth", "rough", "plain", "wide", "untrained", "yours")  # names that links know already


@cache
def networks() -> Mapping[str, Network]:
    """Return them by the names that links use, read at the first call; what is wrong is said on the console."""
    words = sys.argv[1:] if Path(sys.argv[0]).name == "app.py" else []  # Streamlit leaves what stands behind "--"
    paths, sentences = asked(words, os.environ.get(FOLDER, ""))
    found, more = read(paths)
    for sentence in (*sentences, *more):
        print(f"nnviz: {sentence}", file=sys.stderr, flush=True)
    return MappingProxyType(found)


def asked(words: Iterable[str], folder: str = "") -> tuple[list[Path], list[str]]:
    """Find the files that a command line and a folder name, each once; also sentences on what is wrong with those."""
    paths, sentences, rest = list[Path](), list[str](), iter(words)
    for word in rest:
        name, given, value = word.partition("=")
        if name != OPTION:
            sentences.append(f"{quoted(word)} is not understood; {OPTION} my.onnx is.")
        elif text := value if given else next(rest, ""):
            paths.append(Path(text).expanduser())
        else:
            sentences.append(f"{OPTION} needs a file, such as {OPTION} my.onnx.")
    try:
        within = sorted(Path(folder).expanduser().iterdir()) if folder else []
    except OSError as error:
        within = []
        sentences.append(f"The folder {FOLDER}={quoted(folder, 80)} cannot be read: {error.strerror}.")
    if within:
        from nnviz import files

        paths += [path for path in within if path.suffix.lower() in (*files.KINDS, *files.PICKLES) and path.is_file()]
    return list({path.resolve(): path for path in paths}.values()), sentences


def read(paths: Sequence[Path]) -> tuple[dict[str, Network], list[str]]:
    """Read networks from files; return them by name, and a sentence on each file left out."""
    found: dict[str, Network] = {}
    sentences = []
    for place, path in enumerate(paths):
        if len(found) == MOST:
            left = listed(each.name for each in paths[place:])
            sentences.append(f"There are more than {MOST} networks; left out: {left}.")
            break
        try:
            network = _read(path)
        except (ValueError, OSError) as error:
            sentences.append(f"Left out: {_why(path, error)}.")
            continue
        found[_unlike(_name(path), (*RESERVED, *found))] = network
    return found, sentences


def _read(path: Path) -> Network:
    from nnviz import files

    if (size := path.stat().st_size) > files.LARGEST_FILE:
        raise ValueError(f"{quoted(path.name)[1:-1]} is {size / 1e6:,.1f} MB; expected at most "
                         f"{files.LARGEST_FILE / 1e6:.0f} MB")  # fmt: skip
    return files.read(path.read_bytes(), path.name)


def _why(path: Path, error: Exception) -> str:
    from nnviz import files

    name = quoted(path.name)[1:-1]
    if isinstance(error, OSError):
        return f"{name} cannot be read: {error.strerror or error}"
    if isinstance(error, files.Unsaid):
        how = "--activations relu,softmax" if error.what == "activations" else "--shape 8x8"
        return f"{name} does not say its {error.what}; python -m nnviz convert {name} my.npz {how} adds them"
    return str(error)


def _name(path: Path) -> str:
    from nnviz import files

    return files.title(path.name).replace(" ", "-") or "network"


def _unlike(name: str, taken: Iterable[str]) -> str:
    """Return the name, or the first of name-2, name-3 and so on that is not taken."""
    known = set(taken)
    return next(each for each in _numbered(name) if each not in known)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))
