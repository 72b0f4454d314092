"""Pictures bent by warps whose answer is plain, and chance warps' sizes."""

import numpy as np
import pytest

from nnviz import elastic, mnist
from nnviz.elastic import Warps

HERE = np.indices((28, 28)).astype(float)


def bent(image, places):
    return (
        Warps.to(places[None]).bend(image.reshape(1, 784).astype(np.float32), np.random.default_rng(0)).reshape(28, 28)
    )


@pytest.fixture
def image():
    return np.random.default_rng(1).random((28, 28)).astype(np.float32)


def test_a_warp_to_the_same_places_changes_nothing(image):
    np.testing.assert_allclose(bent(image, HERE), image, atol=1e-6)


def test_a_warp_from_one_row_down_moves_the_picture_one_row_up(image):
    moved = bent(image, HERE + np.array([1, 0])[:, None, None])
    np.testing.assert_allclose(moved[:-1], image[1:], atol=1e-6)
    np.testing.assert_allclose(moved[-1], image[-1], atol=1e-6)  # outside lies what lies on the border


def test_a_warp_from_between_two_pixels_blends_their_greys(image):
    moved = bent(image, HERE + np.array([0, 0.25])[:, None, None])
    np.testing.assert_allclose(moved[:, :-1], 0.75 * image[:, :-1] + 0.25 * image[:, 1:], atol=1e-6)


def test_a_warp_from_rows_and_columns_exchanged_transposes_the_picture(image):
    np.testing.assert_allclose(bent(image, HERE[::-1]), image.T, atol=1e-6)


def test_each_picture_is_bent_by_a_warp_of_its_own_choice():
    images = np.repeat(mnist.load("test").x[:1], 50, axis=0)
    warped = Warps.random(np.random.default_rng(2), 500).bend(images, np.random.default_rng(3))
    assert len(np.unique(warped, axis=0)) > 40


def test_bending_leaves_the_pictures_it_was_given_as_they_were(image):
    x = image.reshape(1, 784).copy()
    Warps.random(np.random.default_rng(4), 5).bend(x, np.random.default_rng(5))
    assert np.array_equal(x.reshape(28, 28), image)


def test_bending_with_one_seed_gives_the_same_bits():
    x = mnist.load("test").x[:20]
    first, second = (Warps.random(np.random.default_rng(6), 50).bend(x, np.random.default_rng(7)) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_on_average_over_many_warps_a_pixel_comes_from_its_own_place():
    warps = Warps.random(np.random.default_rng(8), 4000)
    rows = (warps.corner // 28 + warps.down).reshape(-1, 28, 28).mean(axis=0)
    assert np.abs(rows - HERE[0])[4:-4, 4:-4].max() < 0.3


def test_pushes_are_as_large_as_they_say_and_alike_for_neighbours():
    pushes = elastic._pushes(np.random.default_rng(9), 2000)
    assert pushes.std() == pytest.approx(elastic.PUSH, rel=0.15)
    assert np.diff(pushes, axis=-1).std() < elastic.PUSH / 3


def test_half_as_strong_warps_come_half_as_far():
    there = np.indices((28, 28)).reshape(2, 784)
    reach = []
    for strength in (0.0, 0.5, 1.0):
        warps = Warps.random(np.random.default_rng(9), 300, strength)
        places = np.stack([warps.corner // 28 + warps.down, warps.corner % 28 + warps.right])
        reach.append(np.abs(places - there[:, None]).mean())
    assert reach[0] < 1e-6
    assert reach[1] / reach[2] == pytest.approx(0.5, abs=0.02)
