"""Files in assets that are missing or damaged: the page names them, and the rest of it goes on."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from nnviz import mnist
from tests.test_pages import DIGIT, DRAW, PAGES, open_page, sentences


@pytest.fixture
def assets(tmp_path, monkeypatch):
    """Assets that may be damaged: copied networks, linked digits; what the server remembers of them is forgotten."""
    copy = tmp_path / "assets"
    shutil.copytree(mnist.ASSETS / "networks", copy / "networks")
    for path in filter(Path.is_file, mnist.ASSETS.iterdir()):  # 13 MB that no test needs to copy
        (copy / path.name).symlink_to(path)
    (copy / "courses").symlink_to(mnist.ASSETS / "courses")
    monkeypatch.setattr(mnist, "ASSETS", copy)
    monkeypatch.setattr(mnist.load, "__defaults__", (copy / "mnist.npz",))  # bound when the function was made
    st.cache_resource.clear()
    yield copy
    st.cache_resource.clear()


def truncated(path):
    start = path.read_bytes()[:2000]
    path.unlink()  # it may be a link to the true one
    path.write_bytes(start)


def pickled(path):
    np.savez(path, W1=np.array([{"an": "object"}], dtype=object))


def misshapen(path):
    with np.load(path) as arrays:
        np.savez(path, **{key: (value[:, :100] if key == "W1" else value) for key, value in dict(arrays).items()})


def not_finite(path):
    with np.load(path) as arrays:
        np.savez(path, **{key: (value * np.nan if key == "b2" else value) for key, value in dict(arrays).items()})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("damage", [Path.unlink, truncated, pickled, misshapen, not_finite], ids=lambda d: d.__name__)
def test_a_damaged_network_is_named_and_another_one_answers(assets, page, damage):
    damage(assets / "networks" / "smooth.npz")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert any("smooth.npz" in sentence for sentence in sentences(app))
    assert app.session_state["network"] == "rough"


@pytest.mark.parametrize("page", PAGES)
def test_a_network_nobody_chose_may_be_damaged_unnoticed(assets, page):
    truncated(assets / "networks" / "plain.npz")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert app.session_state["network"] == "smooth"


def test_choosing_a_damaged_network_keeps_drawing_and_page(assets):
    truncated(assets / "networks" / "plain.npz")
    app = open_page(DRAW, DIGIT)
    app.session_state["network"] = "plain"
    app.run()
    assert not app.exception
    assert any("plain.npz" in sentence for sentence in sentences(app))
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


@pytest.mark.parametrize("page", PAGES)
def test_without_any_network_the_page_says_so(assets, page):
    shutil.rmtree(assets / "networks")
    app = open_page(page, DIGIT)
    assert not app.exception
    assert any("smooth.npz" in sentence for sentence in sentences(app))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("damage", [Path.unlink, truncated], ids=lambda d: d.__name__)
def test_without_the_digits_a_page_still_runs(assets, page, layer, damage):
    damage(assets / "mnist.npz")
    assert not open_page(page, DIGIT, layer=layer).exception


def test_asking_for_a_test_digit_without_the_digits_says_so_and_keeps_the_drawing(assets):
    (assets / "mnist.npz").unlink()
    app = open_page(DRAW, DIGIT)
    app.button(key="test_digit").click().run()
    assert not app.exception
    assert any("mnist.npz" in sentence for sentence in sentences(app))
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())
