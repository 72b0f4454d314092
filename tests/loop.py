"""Coroutines run to their end, beside the loop that Playwright keeps in a process that has a browser as well."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(coroutine):
    """As `asyncio.run`, in a thread of its own: in the main one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
