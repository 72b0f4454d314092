"""How many things an .onnx file holds, counted in its bytes before the library makes room for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.files.chain import Refused

GRAPH, INITIALIZER = 7, 5  # the fields' numbers in onnx.proto
NUMBERS = (4, 5, 9, 10)  # an array's own: they take no more room than in the file, or four times as much
MOST_PARTS = 2_000
MOST_BESIDES = 400_000  # bytes of nodes, names and notes; each may unpack to fifty times its size


def check(data: bytes) -> None:
    """Refuse a file that is no ONNX model, or of very many small parts."""
    view = memoryview(data)
    besides, graphs = 0, 0
    for number, part in _fields(view):
        if number == GRAPH:
            graphs += 1
            besides += sum(_besides(inner) if field == INITIALIZER else len(inner) for field, inner in _fields(part))
        else:
            besides += len(part)
    if graphs != 1:
        raise Refused("it is damaged or not an .onnx file")
    if besides > MOST_BESIDES:
        raise Refused(f"it holds {besides / 1e3:,.0f} kB besides its weights; expected a graph of at most 400 kB")


def _besides(array: memoryview) -> int:
    return sum(len(inner) for field, inner in _fields(array) if field not in NUMBERS)


def _fields(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield each field's number and bytes; numbers themselves as no bytes."""
    at = count = 0
    while at < len(view):
        count += 1
        if count > MOST_PARTS:
            raise Refused(f"it has more than {MOST_PARTS:,} parts; expected fewer")
        key, at = _number(view, at)
        kind, size = key & 7, 0
        if kind == 0:
            _, at = _number(view, at)
        elif kind == 2:
            size, at = _number(view, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise Refused("it is damaged or not an .onnx file")
        if at + size > len(view):
            raise Refused("it is damaged or incomplete")
        yield key >> 3, view[at : at + size]
        at += size


def _number(view: memoryview, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; return it and where the next thing begins."""
    value = 0
    for place in range(10):
        if at + place >= len(view):
            break
        byte = view[at + place]
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise Refused("it is damaged or incomplete")
