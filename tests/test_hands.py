"""Recorded strokes as other hands and devices would have left them: worked by hand, and held to what they promise."""

import numpy as np
import pytest

from nnviz import augment, hands
from nnviz.pen import PenDigit

CORNER = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])


def test_points_at_even_paces_are_worked_by_hand():
    found = hands.resample(CORNER, 0.5)
    np.testing.assert_allclose(found, [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1]])


def test_a_pace_longer_than_the_stroke_leaves_its_ends():
    np.testing.assert_array_equal(hands.resample(CORNER, 9.0), CORNER[[0, 2]])


def test_a_dot_stays_a_dot():
    assert hands.resample(np.array([[3.0, 4.0], [3.0, 4.0]]), 0.1).tolist() == [[3.0, 4.0]]


def test_rounding_cuts_a_corner_and_keeps_the_ends_and_straight_lines():
    fine = hands.resample(CORNER, 0.1)
    found = hands.rounded(fine, 2)
    np.testing.assert_allclose(found[[0, -1]], fine[[0, -1]], atol=1e-12)
    np.testing.assert_allclose(found[:8], fine[:8], atol=1e-12)  # more than two points from the corner
    # of the corner's five points two lie 0.1 and 0.2 to its left, and two as far below it
    np.testing.assert_allclose(found[10], [1 - 0.3 / 5, 0.3 / 5])


def test_a_stroke_shorter_than_the_rounding_is_not_lost():
    for count in (1, 2, 3):
        assert hands.rounded(np.random.default_rng(0).random((count, 2)), 6).shape == (count, 2)


def test_shortening_leaves_out_ends_and_nothing_between():
    line = np.stack([np.arange(100.0), np.zeros(100)], axis=1)
    found = [hands.shortened(line, np.random.default_rng(seed))[:, 0] for seed in range(20)]
    assert all((np.diff(each) == 1).all() and 80 <= len(each) <= 100 for each in found)
    assert len({len(each) for each in found}) > 5


def test_a_wandering_hand_moves_neighbours_alike():
    walk = hands.wander(4000, np.random.default_rng(1))
    assert np.std(walk) == pytest.approx(1, abs=0.1)
    assert np.std(np.diff(walk, axis=0)) < 0.5  # of independent points it would be 1.41


def test_any_size_becomes_a_long_side_of_a_hundred():
    found = hands.sized([[[0, 0], [5, 8]], [[5, 0], [0, 8]]])
    assert hands.extent(np.concatenate(found)) == 100
    assert hands.sized([[[7, 7]]])[0].tolist() == [[7, 7]]


def test_only_sevens_lose_their_bar_and_only_some():
    seven, five = (
        PenDigit(label, "somebody", [[[0, 0], [60, 0], [20, 100]], [[20, 50], [60, 50]]]) for label in (7, 5)
    )
    inked = {
        digit.label: [
            sum(np.linalg.norm(np.diff(s, axis=0), axis=1).sum() for s in hands.elsewhere(digit, rng)) < 180
            for rng in map(np.random.default_rng, range(60))
        ]
        for digit in (seven, five)
    }
    assert 10 < sum(inked[7]) < 50
    assert sum(inked[5]) < 10


def test_the_same_seed_draws_the_same_and_every_digit_leaves_ink():
    digits = [*augment.writers(held_out=False)[:40], PenDigit(1, "a dot", [[[5, 5]]])]
    first, second = (augment.redraw_all(digits, 3, elsewhere=True) for _ in range(2))
    assert np.array_equal(first.images, second.images)
    assert first.images.max(axis=(1, 2)).min() > 100
    assert not np.array_equal(first.images, augment.redraw_all(digits, 3).images)
