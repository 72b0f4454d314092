"""A page in this machine's Firefox or WebKit, with as much of Playwright's face as a `Visit` needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.browser.webdriver import PATIENCE, Command, CommandFailed, Http

# Find elements as Playwright does, which looks into shadow roots as well.
FIND = """
const within = (root) => [root, root.shadowRoot].filter(Boolean)
    .flatMap((part) => [...part.querySelectorAll("*")])
    .flatMap((element) => (element.shadowRoot ? [element, ...within(element.shadowRoot)] : [element]));
const find = (selector) => selector.split(" ").reduce(
    (roots, part) => [...new Set(roots.flatMap(within))].filter((element) => element.matches(part)), [document]);
"""
# Note what goes wrong, as soon as a script can be run in a page; `left` marks the page before it. One refusal is known:
# that of WebAssembly, of which nnviz/web/guard.py tells.
LISTEN = r"""
if (window.left || !location.href.startsWith(arguments[0])) return false;
if (window.heard) return true;
const heard = (window.heard = []), say = console.error;
console.error = (...what) => { heard.push(`console error: ${what.join(" ")}`); say.apply(console, what); };
addEventListener("error", (event) => heard.push(event.message ?? `not loaded: ${event.target.outerHTML}`), true);
addEventListener("unhandledrejection", (event) => heard.push(`nobody caught: ${event.reason}`));
addEventListener("securitypolicyviolation", ({blockedURI, sourceFile}) => {
    const known = blockedURI === "wasm-eval" && /\/protobuf\.[^/]+\.js/.test(sourceFile);
    if (!known) heard.push(`refused: ${blockedURI} in ${sourceFile}`);
});
return true;
"""
# WebKit's driver moves a mouse when it is told to move a finger: there the page gets the events that a finger makes.
FINGER = """({path, selector}) => {
    const canvas = document.querySelector(selector), last = path.length - 1;
    path.forEach(([clientX, clientY], n) => {
        const event = (kind) => canvas.dispatchEvent(new PointerEvent(kind, {
            clientX, clientY, pointerId: 7, pointerType: "touch", isPrimary: true, bubbles: true, cancelable: true,
        }));
        event(n ? "pointermove" : "pointerdown");
        if (n === last) event("pointerup");
    });
}"""


class Page:
    """One page: what Playwright's does of the same name, no more than is needed."""

    def __init__(self, command: Command) -> None:
        self.command, self.mouse = command, Mouse(command)
        self.handlers: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        """Take a listener; that for page errors is told all that goes wrong, the others nothing."""
        self.handlers[event] = handler

    def set_default_timeout(self, milliseconds: float) -> None:
        pass  # it is always `PATIENCE`

    def goto(self, address: str) -> None:
        self.hear()
        self.evaluate("() => { window.left = true; }")
        self.command("url", {"url": address})
        self._until(lambda: self._run(LISTEN, address), f"{address} did not open")

    def hear(self) -> None:
        """Report what has gone wrong in the page since it was opened, or since the last call."""
        for trouble in self.evaluate("() => window.heard?.splice(0) ?? []"):
            self.handlers["pageerror"](Exception(trouble))

    def close(self) -> None:
        self.hear()

    def swipe(self, path: list[tuple[float, float]], selector: str) -> None:
        """Move a finger over an element, along a path in the window's pixels."""
        if isinstance(self.command, Http):
            self.evaluate(FINGER, {"path": path, "selector": selector})
            return
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in path]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        finger = {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": actions}
        self.command("actions", {"actions": [finger]})

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self._run(f"const it = {script}; return typeof it === 'function' ? it(arguments[0]) : it;", argument)

    def wait_for_function(self, script: str) -> None:
        self._until(lambda: self.evaluate(script), f"never true: {script}")

    def wait_for_timeout(self, milliseconds: float) -> None:
        time.sleep(milliseconds / 1000)

    def locator(self, selector: str) -> Locator:
        return Locator(self, selector)

    def get_by_test_id(self, name: str) -> Locator:
        return Locator(self, f"[data-testid={name}]")

    def _run(self, script: str, *arguments: Any) -> Any:
        return self.command("execute/sync", {"script": script, "args": list(arguments)})

    def _until(self, check: Callable[[], Any], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if check():
                    return
            except CommandFailed as failure:  # one page has gone, and the next is not there yet
                otherwise = f"{otherwise}: {failure}"
            time.sleep(0.01)
        raise TimeoutError(otherwise)


class Locator:
    """The elements that a selector finds when they are asked for; selectors are simple ones with spaces between."""

    def __init__(self, page: Page, selector: str) -> None:
        self.page, self.selector = page, selector

    @property
    def first(self) -> Locator:
        return self

    def count(self) -> int:
        return self.evaluate_all("elements => elements.length")

    def evaluate(self, script: str) -> Any:
        """Evaluate it on the element; AssertionError while there is none, as when a figure gives way to the next."""
        found = self.evaluate_all(f"([element]) => element ? {{found: ({script})(element)}} : null")
        assert found is not None, f"there is no {self.selector} now"
        return found.get("found")

    def evaluate_all(self, script: str) -> Any:
        return self.page.evaluate(f"(selector) => {{ {FIND} return ({script})(find(selector)); }}", self.selector)

    def bounding_box(self) -> dict[str, float]:
        return self.evaluate("element => element.getBoundingClientRect().toJSON()")

    def inner_text(self) -> str:
        return self.evaluate("element => element.innerText")

    def all_inner_texts(self) -> list[str]:
        return self.evaluate_all("elements => elements.map((element) => element.innerText)")

    def select_option(self, label: str) -> None:
        """Choose from a list, as it tells its page that somebody has."""
        self.evaluate(
            f"""(list) => {{
                list.value = [...list.options].find((option) => option.label === {label!r}).value;
                list.dispatchEvent(new Event("change", {{bubbles: true}}));
            }}"""
        )

    def click(self) -> None:
        self.evaluate("element => element.click()")

    def wait_for(self, state: str = "visible") -> None:
        wanted = "1" if state == "attached" else "element.getClientRects().length"
        self.page.wait_for_function(
            f"() => {{ {FIND} return find({self.selector!r}).some((element) => {wanted}); }}"
        )  # fmt: skip


class Mouse:
    """The pointer; where it is and whether its button is down, the browser remembers."""

    def __init__(self, command: Command) -> None:
        self.command = command

    def move(self, x: float, y: float) -> None:
        self._do({"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0})

    def down(self) -> None:
        self._do({"type": "pointerDown", "button": 0})

    def up(self) -> None:
        self._do({"type": "pointerUp", "button": 0})

    def _do(self, action: dict[str, Any]) -> None:
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [action]}
        self.command("actions", {"actions": [mouse]})
