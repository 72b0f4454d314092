"""The command ``python -m nnviz``: networks of other programs' files, in nnviz's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnviz import described, files
from nnviz.activations import ACTIVATIONS
from nnviz.network import Network
from nnviz.preparation import PLACES

EPILOG = """\
convert reads .npz, .safetensors, .onnx, .keras and .h5, and writes .npz:
  python -m nnviz convert in.onnx out.npz
  python -m nnviz convert in.safetensors out.npz --activations relu,softmax --place mnist

The explorer itself is started by: streamlit run app.py
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return 0, or 1 after saying in a sentence what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        network = _read(options)
        with options.target.open("wb") as file:
            network.save(file)  # type: ignore[arg-type]
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.target}: {described.network(network)}; {network.parameter_count:,} parameters")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m nnviz", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="convert")
    convert = commands.add_parser("convert", help="read a network from a file and write it as nnviz's .npz")
    convert.add_argument("source", type=Path, help=", ".join(files.KINDS))
    convert.add_argument("target", type=_npz, help="the .npz file to write")
    convert.add_argument("--activations", type=lambda text: text.split(","), metavar="A,B,...",
                         help=f"one a layer: {', '.join(ACTIVATIONS)}")  # fmt: skip
    convert.add_argument("--shape", type=_shape, metavar="ROWSxCOLUMNS", help="of the pictures, such as 8x8")
    convert.add_argument("--place", choices=PLACES, help="how a drawing is placed in the picture")
    convert.add_argument("--inverted", action="store_true", help="the network reads dark ink on white")
    return parser


def _npz(text: str) -> Path:
    if not text.endswith(".npz"):
        raise argparse.ArgumentTypeError(f"{text} does not end in .npz")
    return Path(text)


def _shape(text: str) -> tuple[int, int]:
    rows, columns = map(int, text.split("x"))
    return rows, columns


def _read(options: argparse.Namespace) -> Network:
    network = files.read(options.source.read_bytes(), options.source.name, options.activations, options.shape)
    wanted = replace(
        network.preparation,
        place=options.place or network.preparation.place,
        inverted=options.inverted or network.preparation.inverted,
    )
    return replace(network, preparation=wanted)


if __name__ == "__main__":
    sys.exit(main())
