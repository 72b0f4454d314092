"""From JavaScript modules to the one source that Streamlit takes: each module in a function of its own.

No more of the language is understood than our modules use: imports by name from relative files, at the start of a line;
`export` before a function, a class or a constant, and one default. Anything else is an error, not a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./-]+)"[ ;]*$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function\*?|class|const) ([A-Za-z_$][\w$]*))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default (?=(?:async )?function\*? ?\()", re.MULTILINE)
_OTHER = re.compile(r"^(?:import\b|export\b).*$", re.MULTILINE)


def bundle(entry: Path, made: Mapping[str, str] | None = None) -> str:
    """Join a module with all it imports into one module, which exports what the first one does.

    Parameters
    ----------
    entry : Path
    made : mapping, optional
        Modules that are in no file, by the names they would have: what they hold.

    Raises
    ------
    ValueError
        Naming the module and what is wrong: modules that import one another in a circle, a name that is not exported,
        a form that is not understood.
    """
    modules: dict[Path, _Module] = {}
    own = _read(entry.resolve(), modules, made or {}, ())
    shown = [name for name in own.exports if name != "default"]
    last = [f"export const {{ {', '.join(shown)} }} = {own.name}"] if shown else []
    last += [f"export default {own.name}.default"] if "default" in own.exports else []
    return "\n".join([*(module.source for module in modules.values()), *last, ""])


class _Module:
    """A module as a function called at once: its `name` in the bundle, its `source` there, the names it `exports`."""

    def __init__(self, name: str, body: str) -> None:
        self.name, self.exports = name, _EXPORT.findall(body)
        body = _EXPORT.sub("", body)
        body, defaults = _DEFAULT.subn("const $default = ", body)
        given = list(self.exports)
        if defaults:
            self.exports.append("default")
            given.append("default: $default")
        if other := _OTHER.search(body):
            raise ValueError(f"“{other[0]}” is not understood")
        self.source = f"const {name} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(given)} }}\n}})()"


def _read(path: Path, modules: dict[Path, _Module], made: Mapping[str, str], way: tuple[Path, ...]) -> _Module:
    """Read a module and, before it, those it imports; `way` leads to it."""
    if path in way:
        raise ValueError(f"modules import one another: {' → '.join(each.name for each in (*way, path))}")
    if path not in modules:
        text = made[path.name] if path.name in made else path.read_text(encoding="utf-8")

        def imported(found: re.Match[str]) -> str:
            other = _read((path.parent / found[2]).resolve(), modules, made, (*way, path))
            names = [name.strip() for name in found[1].split(",") if name.strip()]
            if missing := [name for name in names if name.split(" as ")[0].strip() not in other.exports]:
                raise ValueError(f"{path.name} imports {missing[0]}, which {found[2]} does not export")
            return f"const {{ {', '.join(names).replace(' as ', ': ')} }} = {other.name}"

        body = _IMPORT.sub(imported, text)
        try:
            modules[path] = _Module(f"${len(modules)}_{re.sub(r'[^A-Za-z0-9]', '_', path.stem)}", body)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
    return modules[path]
