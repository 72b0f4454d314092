"""What is said at an address that has no page: Streamlit would give the first page under a dialog, or nothing."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from starlette.responses import HTMLResponse, RedirectResponse, Response

NAMES = [path.stem.partition("_")[2] for path in sorted((Path(__file__).parents[2] / "pages").glob("[0-9]_*.py"))]
FIRST, *OTHERS = NAMES
ADDRESSES = ("/", *(f"/{name}" for name in OTHERS))
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center; text-align: center;
  font: 1.15rem/1.4 system-ui, sans-serif; background: light-dark(#fff, #0d1117); color: light-dark(#1c2230, #e8ecf4); }
.answer { font-size: 9rem; font-weight: 700; line-height: 1; }
h1 { font-size: 1.6rem; margin: 1rem 1rem .3rem; }
p { margin: 0 1rem 1.2rem; }
nav { display: flex; flex-wrap: wrap; justify-content: center; gap: .6rem; max-width: 34rem; margin: 0 1rem; }
a { display: grid; place-content: center; min-height: 44px; padding: 0 1rem; border-radius: .5rem; color: inherit;
  text-decoration: none; text-transform: capitalize; border: 1px solid rgb(128 132 145); }
a:first-child { background: light-dark(#1a5fd0, #5aa2ff); border-color: transparent; color: light-dark(#fff, #0b1220); }
a:focus-visible { outline: 3px solid rgb(240 165 0); outline-offset: 2px; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"


def answer(path: str, query: str) -> Response:
    """Say that there is no such page, and which there are; lead to one whose name is merely written otherwise."""
    name = path.strip("/").lower()
    meant = "/" if name in ("", FIRST) else f"/{name}"
    if meant in ADDRESSES:
        return RedirectResponse(f"{meant}?{query}" if query else meant, 302)
    links = "".join(f'<a href="{address}">{name}</a>' for address, name in zip(ADDRESSES, NAMES, strict=True))
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>No such page - nnviz</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{_STYLE}</style></head><body><div class="answer" aria-hidden="true">?</div><main>'
        "<h1>There is no page at this address</h1>"
        "<p>The address may have a letter too few or too many. These are the pages:</p>"
        f'<nav aria-label="Pages">{links}</nav></main></body></html>',
        404,
        {"content-security-policy": _POLICY, "cache-control": "no-store"},
    )
