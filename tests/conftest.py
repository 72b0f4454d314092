"""How the tests are shared by two processes: those with a browser in one of them, so that there is one Chromium."""

from xdist.scheduler import LoadScopeScheduling


class BrowserApart(LoadScopeScheduling):
    """Keep all browser tests together, and every other file; pytest 9.2 has lost xdist's own groups."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return BrowserApart(config, log)
