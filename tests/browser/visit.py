"""A visitor's tab: what they do in it, what they see on it, and the numbers that should stand there."""

from __future__ import annotations

import base64
import io
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import ConsoleMessage, Download, Locator, Page, Request

from nnviz import ink
from nnviz.export import link
from nnviz.mnist import ASSETS

PATIENCE = 40.0  # seconds; on a busy machine the first visit to the neurons takes half of it
LAYERS = ("input", "hidden 1", "hidden 2", "output")
# The numbers of a figure, as text: handed over one by one, as Playwright does, those of 16 maps take 150 ms, not 20.
TRACES = """(gd) => JSON.stringify(
    (gd.data ?? []).map(({name, type, z, x0, y0, customdata, zmin, zmax, x, y}) =>
        ({name, type, z, x0, y0, customdata, zmin, zmax, x, y})),
    (_, value) => ArrayBuffer.isView(value) ? [...value] : value ?? null,
)"""

# Whether the server has drawn the whole page, and nothing on it is out of date.
SETTLED = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const found = (key) => document.querySelector(`.st-key-${key}`);
    const upper = (e) => e.shadowRoot?.querySelector("canvas.upper-canvas");
    const canvas = () => [...document.querySelectorAll(".st-key-ink *")].map(upper).find((found) => found);
    return app?.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && (document.querySelector(".st-key-talk_buttons, .st-key-view [data-map]")
            || ["activations", "sigmoid", "wiring", "threshold_curve", "confusion", "course", "differences",
                "reliability"].some((key) => found(key)?.querySelector(".js-plotly-plot")))
        && [...document.querySelectorAll(".js-plotly-plot")].every((gd) => gd.data)
        && !document.querySelector("[data-stale=true]")
        && !(innerWidth <= 640 && document.querySelector(".walk:not(.narrow)"))
        && (!found("activations") || canvas()?.checkVisibility());
}"""
# Four frames, in which the browser adds what it has to add to a page.
FRAMES = """() => new Promise((done) => {
    const next = (left) => left ? requestAnimationFrame(() => next(left - 1)) : done();
    next(4);
})"""
# Whether a page has taken a theme: what is written on a dark one is bright.
WORN = """(theme) => {
    const [red] = getComputedStyle(document.querySelector("[data-testid=stApp]")).color.match(/\\d+/g);
    return red > 127 === (theme === "dark");
}"""
# The numbers of the layers alone: the figure holds ten times as many, of its connections.
SHOWN = """(gd) => JSON.stringify(
    %s.map((name) => gd.data?.find((trace) => trace.name === name)?.z ?? []),
    (_, value) => ArrayBuffer.isView(value) ? [...value] : value ?? null,
)"""


def forward(name: str, x: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Run a picture through a shipped network, in float64 and without nnviz: activations, input first, and zs."""
    with np.load(ASSETS / "networks" / f"{name}.npz", allow_pickle=False) as arrays:
        weights = {key: arrays[key].astype(np.float64) for key in arrays.files}
    activations, zs = [np.asarray(x, np.float64).ravel()], []
    for n in (1, 2, 3):
        zs.append(weights[f"W{n}"] @ activations[-1] + weights[f"b{n}"])
        activations.append(1 / (1 + np.exp(-zs[-1])))
    return activations, zs


def downloaded(download: Download) -> bytes:
    """Return what came; of a Chromium that several processes share it has to be fetched."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "came"
        download.save_as(path)
        return path.read_bytes()


class Visit:
    """One tab of nnviz: what a visitor does in it, what they see, and what goes wrong unseen (`trouble`)."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.trouble = page, address, list[str]()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", self._console)
        page.on("pageerror", self._page_error)
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._leaves(socket.url))
        page.on("response", lambda response: response.status >= 400 and self._failed(response.status, response.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.trouble.append(f"console error: {message.text} ({message.location['url']})")

    def _page_error(self, error: Exception) -> None:
        if "'clearRect'" not in str(error):  # the canvas's package, taken off the page while it draws
            self.trouble.append(f"page error: {error}")

    def _request(self, request: Request) -> None:
        self._leaves(request.url)

    def _leaves(self, url: str) -> None:
        local = (self.address + "/", self.address.replace("http", "ws", 1) + "/", "data:", "blob:" + self.address)
        if not url.startswith(local):
            self.trouble.append(f"a request leaves the server: {url}")

    def _failed(self, status: int, url: str) -> None:
        self.trouble.append(f"{status} for {url}")

    # what they do

    def open(self, path: str = "/") -> Visit:
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.settled()

    def settled(self) -> Visit:
        """Wait until the server has drawn the whole page and nothing on it is out of date, nor is some frames later."""
        self.page.wait_for_function(SETTLED)
        self.page.evaluate(FRAMES)
        self.page.wait_for_function(SETTLED)
        return self

    def wear(self, theme: str) -> Visit:
        """Let the visitor's system change to another theme, and wait until the page has taken it."""
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(WORN, arg=theme)
        return self

    def go_to(self, title: str) -> Visit:
        """Choose a page in the menu at the top."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
        headings = {
            "Draw": "Draw a digit", "Neurons": "Examine a neuron", "Build": "Build a neuron", "Network": "13,002 knobs",
            "Train": "Watch it learn", "Digits": "Know its mistakes", "Talk": "One neuron, one number",
        }  # fmt: skip
        self.page.get_by_role("heading", name=headings[title]).wait_for()
        return self.settled()

    def choose(self, key: str, option: str) -> None:
        """Press one of the buttons of a segmented control, or choose from a list."""
        place = self.page.locator(f".st-key-{key}")
        if place.locator(".stSelectbox").count():
            place.locator("input").click()
            self.page.get_by_role("option", name=option, exact=True).click()
        else:
            place.get_by_role("radio", name=option, exact=True).click()

    def draw(self, strokes: list[Any]) -> Visit:
        """Draw strokes, given in canvas pixels, with the mouse; wait until the server has taken them over."""
        self.scribble(strokes)
        return self.taken_over()

    def scribble(self, strokes: list[Any]) -> None:
        for stroke in strokes:
            path = self.on_screen(stroke)
            self.page.mouse.move(*path[0])
            self.page.mouse.down()
            for point in path[1:]:
                self.page.mouse.move(*point)
            self.page.mouse.up()

    def touch(self, strokes: list[Any]) -> Visit:
        """Draw strokes, given in canvas pixels, with a finger; wait until the server has taken them over."""
        for stroke in strokes:
            self.swipe(self.on_screen(stroke))
        return self.taken_over()

    def swipe(self, path: list[tuple[float, float]]) -> None:
        """Move a finger over the screen, as the touch screen itself reports it."""
        session = self.page.context.new_cdp_session(self.page)
        for kind, points in [
            ("touchStart", path[:1]),
            *(("touchMove", [point]) for point in path[1:]),
            ("touchEnd", []),
        ]:
            session.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
            )
        session.detach()

    def on_screen(self, stroke: Any) -> list[tuple[float, float]]:
        """Turn canvas pixels into pixels of the window."""
        box = self.canvas.bounding_box()
        scale = box["width"] / ink.CANVAS
        return [(box["x"] + scale * float(x), box["y"] + scale * float(y)) for x, y in stroke]

    def taken_over(self) -> Visit:
        """Wait until the server has answered what is on the canvas: address and figure hold it, prepared."""

        def canvas_address_and_figure_agree():
            prepared = ink.normalize(self.pixels())
            np.testing.assert_allclose(self.picture_in_address(), prepared, atol=1e-6)
            if self.page.locator(".st-key-activations").count():
                np.testing.assert_allclose(self.input(), prepared, atol=1e-6)

        self.eventually(canvas_address_and_figure_agree)
        return self.settled()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    def clear(self) -> Visit:
        """Empty the canvas, and wait until the server knows."""
        self.press("Clear")
        self.eventually(self.is_blank)
        return self.settled()

    def is_blank(self) -> None:
        """Fail unless nothing is on the canvas, in the address and in the input."""
        assert "drawing" not in self.parameters()  # first what is last to come and soonest asked
        if self.page.locator(".st-key-activations").count():
            assert not self.input().any()
        assert not self.pixels().any()

    def take_a_test_digit(self) -> Visit:
        """Put a digit from the test set onto the canvas, and wait until canvas and figure hold it."""
        self.press("Any digit")

        def canvas_and_figure_agree():
            assert self.input().any()
            np.testing.assert_allclose(ink.shrink(self.pixels()), self.input(), atol=1.01 / 255)

        self.eventually(canvas_and_figure_agree)
        return self.settled()

    def eventually(self, check: Callable[[], Any], patience: float = PATIENCE / 2) -> Any:
        """Repeat a check until it holds; then return what it returns, or let it fail when patience is at an end."""
        deadline = time.monotonic() + patience
        while True:
            try:
                found = check()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            else:
                if isinstance(found, bool):
                    raise TypeError("a check asserts; one that returns True or False would never fail")
                return found
            self.page.wait_for_timeout(40)

    # what they see

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".st-key-ink canvas.upper-canvas").first

    def pixels(self) -> np.ndarray:
        """Read the pixels on the canvas as ink (280, 280), 0..1: all its layers, one over the other."""
        source = self.page.locator(".st-key-ink canvas").evaluate_all(
            """layers => {
                const sheet = Object.assign(document.createElement("canvas"), {width: 280, height: 280});
                for (const layer of layers) sheet.getContext("2d").drawImage(layer, 0, 0, 280, 280);
                return sheet.toDataURL("image/png");
            }"""
        )
        with Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))) as picture:
            return np.asarray(picture.convert("L"), dtype=float) / 255

    def picture_in_address(self) -> np.ndarray:
        """Read the picture (28, 28) in the address; blank when there is none."""
        text = self.page.evaluate("new URLSearchParams(location.search).get('drawing')")
        return link.decode(text) if text else np.zeros((ink.SIDE, ink.SIDE), np.float32)

    def parameters(self) -> dict[str, str]:
        return self.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")

    def traces(self, key: str) -> dict[str, dict[str, Any]]:
        """Read a figure's traces by their names: the numbers the browser shows."""
        text = self.page.locator(f".st-key-{key} .js-plotly-plot").first.evaluate(TRACES)
        traces = json.loads(text)
        assert traces, f"the figure {key} is not drawn yet"
        return {trace["name"]: trace for trace in traces}

    def z(self, key: str, name: str | None = None) -> np.ndarray:
        """Read the numbers of one heatmap, the only one if it is not named."""
        heatmaps = {n: t for n, t in self.traces(key).items() if t["type"] == "heatmap"}
        return np.array(heatmaps[name]["z"] if name else next(iter(heatmaps.values()))["z"], float)

    def layers(self) -> list[np.ndarray]:
        """Read the activations of all layers, flat, input first."""
        return self._activations(LAYERS)

    def input(self) -> np.ndarray:
        return self._activations(LAYERS[:1])[0].reshape(ink.SIDE, ink.SIDE)

    def _activations(self, names: tuple[str, ...]) -> list[np.ndarray]:
        chart = self.page.locator(".st-key-activations .js-plotly-plot").first
        layers = [np.array(z, float).ravel() for z in json.loads(chart.evaluate(SHOWN % json.dumps(names)))]
        assert all(layer.size for layer in layers), "the figure activations is not drawn yet"
        return layers

    def verdict(self) -> str:
        return self.page.locator(".st-key-verdict").inner_text()

    def warnings(self) -> list[str]:
        return self.page.locator(".note, [data-testid=stAlert]").all_inner_texts()

    def exceptions(self) -> list[str]:
        return self.page.get_by_test_id("stException").all_inner_texts()

    def answers(self, name: str) -> None:
        """Fail unless all layers on screen are what a network makes of the input on screen."""
        shown = self.layers()
        for layer, (found, expected) in enumerate(zip(shown, forward(name, shown[0])[0], strict=True)):
            np.testing.assert_allclose(found, expected, atol=1e-5, err_msg=LAYERS[layer])
