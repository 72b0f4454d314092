"""Modules joined to one: each in its own scope, and refused when they would not have worked apart. Node runs them."""

import re
import shutil
import subprocess

import pytest

from nnviz.ui.live.bundle import bundle

NODE = shutil.which("node")


@pytest.fixture
def write(tmp_path):
    def files(**sources):
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source)
        return tmp_path / f"{next(iter(sources))}.js"

    return files


def run(source, program, tmp_path):
    """What a program says of a bundle, in a JavaScript of its own."""
    if NODE is None:
        pytest.skip("no Node here; tests/browser/test_two_languages.py runs what is bundled in a browser")
    (tmp_path / "all.mjs").write_text(source)
    (tmp_path / "program.mjs").write_text(f'import * as all from "./all.mjs"\nconsole.log({program})')
    done = subprocess.run([NODE, tmp_path / "program.mjs"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_two_modules_may_have_the_same_private_name(write, tmp_path):
    entry = write(
        one='import { two } from "./two.js"\nconst STEPS = 1\nexport const one = () => STEPS + two()\n',
        two="const STEPS = 10\nexport function two() { return STEPS }\n",
    )
    assert run(bundle(entry), "all.one()", tmp_path) == "11"


def test_a_module_imported_twice_runs_once(write, tmp_path):
    entry = write(
        one='import { add } from "./two.js"\nimport { count } from "./three.js"\nadd()\nexport const found = count\n',
        two='import { count } from "./three.js"\nexport function add() { count.push(2) }\n',
        three="export const count = [1]\n",
    )
    assert run(bundle(entry), "all.found.join()", tmp_path) == "1,2"


def test_what_is_exported_is_what_the_first_module_exports(write, tmp_path):
    entry = write(
        one='import { a as b } from "./two.js"\nexport default function () { return b }\nexport class One {}\n',
        two='export const a = "A"\n',
    )
    assert run(bundle(entry), "`${Object.keys(all)} ${all.default()}`", tmp_path) == "One,default A"


def test_imports_over_several_lines_and_from_other_folders_are_followed(write, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "three.js").write_text('import { two } from "../two.js"\nexport const three = two + 1\n')
    entry = write(
        one='import {\n  three,\n} from "./lib/three.js"\nexport const one = three\n', two="export const two = 2\n"
    )
    assert run(bundle(entry), "all.one", tmp_path) == "3"


def test_a_module_may_be_made_of_pythons_own_constants(write, tmp_path):
    entry = write(one='import { SIDE } from "./constants.js"\nexport const cells = SIDE * SIDE\n')
    assert run(bundle(entry, {"constants.js": "export const SIDE = 28"}), "all.cells", tmp_path) == "784"


@pytest.mark.parametrize(
    ("sources", "trouble"),
    [
        (
            {"one": 'import { two } from "./two.js"\n', "two": 'import { one } from "./one.js"\n'},
            "modules import one another: one.js → two.js → one.js",
        ),
        (
            {"one": 'import { two } from "./two.js"\n', "two": "const two = 2\n"},
            "one.js imports two, which ./two.js does not export",
        ),
        ({"one": 'import * as two from "./two.js"\n', "two": ""}, "one.js: “import * as two from"),
        ({"one": 'import { sum } from "somewhere"\n'}, "one.js: “import { sum }"),
        ({"one": "export let changing = 1\n"}, "one.js: “export let changing"),
    ],
    ids=["a circle", "a private name", "a star", "a package", "a variable"],
)
def test_what_would_not_work_is_refused(write, sources, trouble):
    with pytest.raises(ValueError, match=re.escape(trouble)):
        bundle(write(**sources))
