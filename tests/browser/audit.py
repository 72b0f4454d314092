"""What axe finds on a page that a visitor without a mouse, or without good eyes, could not do without."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Colours that are just changing have no contrast to speak of: first let everything that moves come to its end.
STILL = """() => document.getAnimations()
    .every((each) => each.playState !== "running" || each.effect?.getComputedTiming().endTime === Infinity)"""
# What is found serious alone, as text: handed over one by one, as Playwright does, all results take far longer.
FIND = """async (within) => JSON.stringify((await axe.run(within ?? document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => [id, nodes.map(({html}) => html)]))"""


def serious(page: Page, within: str | None = None) -> list[tuple[str, list[str]]]:
    """Return the rules that a page, or what a selector finds on it, breaks in earnest, each with its elements."""
    page.wait_for_function(STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [(rule, elements) for rule, elements in json.loads(page.evaluate(FIND, within))]
