"""The one table of the session: every key that the pages use stands in it, or is a widget's own."""

import ast
from pathlib import Path

import pytest

from nnviz.ui.session.table import IN_LINK, TABLE

ROOT = Path(__file__).parents[1]
SESSION = ROOT / "nnviz" / "ui" / "session"
PYTHON = sorted([*(ROOT / "nnviz" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
KEYS = [entry.key for entry in TABLE]


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def is_session(node, names):
    return ast.unparse(node) == "st.session_state" or (isinstance(node, ast.Name) and node.id in names)


def session_names(module):
    """The names that stand for `st.session_state` in a module, such as `session`."""
    return {
        target.id
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "st.session_state"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def used_keys(module):
    """Yield each expression a module uses as a key of the session."""
    names = session_names(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Subscript) and is_session(node.value, names):
            yield node.slice
        if isinstance(node, ast.Attribute) and is_session(node.value, names):
            yield ast.Constant(node.attr)  # a key too, but for what a mapping has
        if isinstance(node, ast.Compare) and is_session(node.comparators[0], names):
            yield node.left
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_session(node.func.value, names):
            yield from node.args[:1]


def constants(node):
    """The keys an expression can be: those of a choice are all of them; None where that cannot be told."""
    if isinstance(node, ast.IfExp):
        return [*constants(node.body), *constants(node.orelse)]
    return [node.value if isinstance(node, ast.Constant) else None]


def widget_keys(module):
    """The keys given to widgets, `key="..."`."""
    return {
        keyword.value.value
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "key" and isinstance(keyword.value, ast.Constant)
    }


WIDGETS = set().union(*(widget_keys(tree(path)) for path in PYTHON))
METHODS = {"get", "setdefault"}  # with any other, keys could come in unseen


def unknown(module, known):
    keys = [key for node in used_keys(module) for key in constants(node)]
    return [key for key in keys if key not in {*known, *METHODS}]


@pytest.mark.parametrize("path", [path for path in PYTHON if SESSION not in path.parents], ids=lambda path: path.name)
def test_a_key_of_the_session_stands_in_the_table_or_is_a_widgets_own(path):
    assert unknown(tree(path), {*KEYS, *WIDGETS}) == []


@pytest.mark.parametrize(
    "line",
    [
        'st.session_state["new"] = 1',
        'session = st.session_state; print(session["new"])',
        'st.session_state.get("new", 1)',
        'st.session_state.setdefault("new", 1)',
        'print("new" in st.session_state)',
        "st.session_state.new = 1",
        "st.session_state[make_a_key()] = 1",
        "st.session_state.update(new=1)",
    ],
)
def test_a_key_made_up_elsewhere_is_found(line):
    assert unknown(ast.parse(line), {*KEYS, *WIDGETS}) != []


def test_every_key_has_one_line():
    assert len(KEYS) == len(set(KEYS))


def test_every_key_is_used_outside_the_table():
    used = {
        key for path in PYTHON if path.name != "table.py" for node in used_keys(tree(path)) for key in constants(node)
    }
    written = {entry.key for entry in IN_LINK.values()}
    assert set(KEYS) - used - written == set()
