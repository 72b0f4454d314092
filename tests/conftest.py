"""How the tests are shared by two processes, which have one Chromium between them; and which browser engines nothing
was tried in."""

import sys
from contextlib import suppress
from functools import cache

import pytest
from xdist.scheduler import LoadScopeScheduling

from nnviz import threads
from tests.browser import chromium

threads.keep_to_one()  # as the app does: beside a browser two threads wait for each other, up to ten times as long
pytest.register_assert_rewrite("tests.browser.visit")  # it asserts, so let a failure show what was compared


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once():
    """Each AppTest reads what is said of every package that is installed, to find components: half of what it takes."""
    if "streamlit" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


# What stands in tests/browser and is the other process's all the same, which would be idle half of the time without it;
# whichever ends first takes what is left of all other files.
OTHERS = ("draw", "hostile_states", "layout", "offline", "phone", "pocket", "share", "two_languages")


class BrowserApart(LoadScopeScheduling):
    """Keep most tests with a Chromium together, and every other file; pytest 9.2 has lost xdist's own groups."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        if test.partition("[")[2].startswith(("Firefox", "WebKit")):
            return "other engines"  # each is started once
        kept = file.startswith("tests/browser/") and not file.endswith(tuple(f"/test_{name}.py" for name in OTHERS))
        return "browser" if kept else file


@pytest.hookimpl(optionalhook=True)  # in one process there is nothing to schedule
def pytest_xdist_make_scheduler(config, log):
    return BrowserApart(config, log)


SHARED = pytest.StashKey[chromium.Shared]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    if len(specs) > 1:
        with suppress(chromium.NoChromium):  # the tests that need one say so
            config.stash[SHARED] = chromium.Shared()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell each process where the one Chromium is."""
    if shared := node.config.stash.get(SHARED, None):
        node.workerinput["chromium"] = shared.address


def pytest_unconfigure(config):
    if shared := config.stash.get(SHARED, None):
        shared.end()


def pytest_terminal_summary(terminalreporter):
    """Say on a line of its own which engine is not on this machine: a mere "skipped" is overlooked."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "test_engines.py" in report.nodeid]
    for reason in sorted({report.longrepr[2].removeprefix("Skipped: ") for report in skipped}):
        terminalreporter.write_line(reason, yellow=True)
