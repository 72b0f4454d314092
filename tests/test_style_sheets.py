"""What the style sheets may not ask for, since the browser would pay for it with every stroke."""

import re

import pytest

from tests.test_layers_of_code import ROOT

SHEETS = sorted((ROOT / "nnviz" / "ui").rglob("*.css"))


def parts(selector, between):
    """Split a selector at characters that stand in no parentheses."""
    found, depth = [""], 0
    for character in selector:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if depth == 0 and character in between:
            found.append("")
        else:
            found[-1] += character
    return [each for each in found if each.strip()]


def of_anything(selector):
    """Say whether what it gives a style to has no name, though it first looks for something inside another element."""
    *before, last = parts(selector, " >~+\n")
    named = re.sub(r":(?:has|not)(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))", "", last)
    return ":has(" in "".join(before) and ("*" in named or not re.search(r"[\w.#\[]", named))


def looks_for_a_style(selector):
    """Say whether it looks inside another element for what a `style` attribute says, which scripts and Plotly write."""
    inside = re.findall(r":has(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))", selector)
    return any("[style" in each for each in inside)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_looks_inside_for_a_style(sheet):
    """With one such rule each bar's new length styles the page anew: 168 elements with a move of the pen, not 5."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert [each for each in re.findall(r"([^{}]+)\{", text) if looks_for_a_style(each)] == []


def test_such_a_look_is_found():
    assert looks_for_a_style('.a:has(> :not(.b) .c:not([style*="none"]) .d) > .e')
    assert not looks_for_a_style('.a:has(.b) [style*="none"]')


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_that_looks_inside_gives_a_style_to_anything_at_all(sheet):
    """With one such rule Chromium styles the whole page anew with every change: 150 of a page's first 430 ms."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    selectors = [each for rule in re.findall(r"([^{}]+)\{", text) for each in parts(rule, ",")]
    assert [each.strip() for each in selectors if of_anything(each)] == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".a:has(.b) > *", True), (".a:has(.b) .c *", True), (".a:has(.b) > :not(.c)", True),
        (".a:has(.b) :is(.c, .c *)", True), (".a:has(.b) .c", False), (".a > :has(.b)", False), (".a > *", False),
    ],
)  # fmt: skip
def test_such_a_rule_is_found(selector, expected):
    assert of_anything(selector) == expected
