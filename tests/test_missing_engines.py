"""Where there is no Firefox and no WebKit, the tests say so and go on: here in a run of their own."""

import os
import subprocess
import sys

from tests.test_pages import ROOT


def test_an_engine_that_is_not_here_is_named_in_the_summary_and_nothing_fails(tmp_path):
    engines = str(ROOT / "tests/browser/test_engines.py")
    command = [sys.executable, "-m", "pytest", "-n", "1", engines, "-k", "Firefox or WebKit"]
    environment = os.environ | {"PATH": str(tmp_path)}  # where there is no program at all
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    named = [line.partition(" here, ")[0] for line in run.stdout.splitlines() if " here, " in line]
    assert named == ["No Firefox", "No WebKit"]
