"""Streamlit's theme is worked out once, not with every run: it took an eighth of the processor time of a stroke.

At the start of each run Streamlit 1.67 tells the browser the theme of six sections, and walks through all of its some
300 settings for each. They come from .streamlit/config.toml, which does not change while nnviz runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_NAME = "_populate_theme_msg"  # of the function in `app_session`; where it has another one, all is as it was


def keep() -> None:
    """Have Streamlit keep what it has worked out."""
    from streamlit.runtime import app_session  # loads NumPy

    found = getattr(app_session, _NAME, None)
    if found and not isinstance(found, Kept):
        setattr(app_session, _NAME, Kept(found))


class Kept:
    """Fill in a theme's message as `work_out` did the first time it was asked for that section."""

    def __init__(self, work_out: Callable[..., None]) -> None:
        self.work_out, self.messages = work_out, dict[str, Any]()

    def __call__(self, message: Any, section: str = "theme") -> None:
        if section not in self.messages:
            fresh = type(message)()
            self.work_out(fresh, section)
            self.messages[section] = fresh
        if self.messages[section].ByteSize():  # else a part that says nothing would be said to be there
            message.MergeFrom(self.messages[section])
