"""nnviz.study.edges against drawings whose answer is obvious, symmetries, and noise."""

import numpy as np
import pytest

from nnviz.study import chance, edges

ROWS, COLUMNS = np.indices((28, 28))


def drawn_bar(row=13, column=14, orientation=30, width=4, length=14):
    """A stripe drawn by counting points of a fine grid, 10 x 10 to the pixel, independently of the module."""
    y, x = (np.indices((280, 280)) - 4.5) / 10
    turn = np.deg2rad(orientation)
    along = (x - column) * np.cos(turn) - (y - row) * np.sin(turn)
    across = (x - column) * np.sin(turn) + (y - row) * np.cos(turn)
    inside = (abs(along) <= length / 2) & (abs(across) <= width / 2)
    return inside.reshape(28, 10, 28, 10).mean(axis=(1, 3))


def lesson_bar(**where):
    """A bright stripe with a dark stripe of half its width on either side, as the lesson draws it."""
    return 2 * drawn_bar(width=4, **where) - drawn_bar(width=8, **where)


def step_edge():
    """Left half of a window +1, right half -1; the border between them is at column 13.5."""
    window = np.exp(-((ROWS - 13.5) ** 2 + (COLUMNS - 13.5) ** 2) / 50)
    return window * np.where(COLUMNS < 13.5, 1.0, -1.0)


def smooth_noise(rng, sigma=2.0):
    """White noise blurred in a wide field by direct convolution, independently of the module."""
    kernel = np.exp(-(np.arange(-8, 9) ** 2) / (2 * sigma**2))
    rows = np.apply_along_axis(np.convolve, 0, rng.standard_normal((44, 44)), kernel, "valid")
    return np.apply_along_axis(np.convolve, 1, rows, kernel, "valid")


def turn_apart(first, second):
    return abs((first - second + 90) % 180 - 90)


@pytest.mark.parametrize("orientation", [0, 10, 37, 45, 90, 101, 150, 177])
def test_a_drawn_bar_is_found_at_its_orientation(orientation):
    edge = edges.fit(lesson_bar(orientation=orientation))
    assert (edge.kind, edge.side) == ("bar", "bright")
    assert turn_apart(edge.orientation, orientation) < 3


@pytest.mark.parametrize(("row", "column"), [(8, 8), (20, 9), (13.5, 13.5), (10.3, 18.7)])
def test_a_drawn_bar_is_found_where_it_was_drawn(row, column):
    edge = edges.fit(lesson_bar(row=row, column=column, length=10))
    assert np.hypot(edge.row - row, edge.column - column) < 0.7


def test_the_lessons_bar_with_dark_flanks_is_mostly_explained():
    assert edges.fit(lesson_bar()).explained > 0.7


def test_a_longer_bar_is_found_longer():
    lengths = [edges.fit(lesson_bar(length=length)).length for length in (8, 12, 18)]
    assert lengths == sorted(lengths)
    assert lengths[2] > 1.5 * lengths[0]


def test_a_wider_bar_is_found_wider():
    thin, wide = (edges.fit(drawn_bar(width=width, length=20)).width for width in (2, 6))
    assert wide > 1.5 * thin


def test_a_step_is_an_upright_edge_bright_on_its_left():
    edge = edges.fit(step_edge())
    assert (edge.kind, edge.side) == ("edge", "left")
    assert turn_apart(edge.orientation, 90) < 3
    assert abs(edge.column - 13.5) < 0.7


@pytest.mark.parametrize(
    ("orientation", "lie"),
    [(0, "horizontal"), (45, "slanting"), (90, "vertical"), (135, "slanting"), (176, "horizontal")],
)
def test_a_bar_is_called_by_how_it_lies_and_whether_it_is_bright_or_dark(orientation, lie):
    bar = lesson_bar(orientation=orientation)
    assert edges.looks(edges.fit(bar)) == f"a bright {lie} bar"
    assert edges.looks(edges.fit(-bar)) == f"a dark {lie} bar"


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (0, "bright left, dark right"), (1, "bright below, dark above"), (2, "bright right, dark left"),
        (3, "bright above, dark below"),
    ],
)  # fmt: skip
def test_an_edge_is_called_by_its_bright_and_its_dark_side(turns, said):
    assert edges.looks(edges.fit(np.rot90(step_edge(), turns))) == said


@pytest.mark.parametrize(("quarter_turns", "side"), [(0, "left"), (1, "bottom"), (2, "right"), (3, "top")])
def test_the_bright_side_turns_with_the_picture(quarter_turns, side):
    assert edges.fit(np.rot90(step_edge(), quarter_turns)).side == side


def test_a_slanting_step_is_bright_on_its_upper_right():
    upper_right = np.where(COLUMNS - ROWS > 0, 1.0, -1.0)
    window = np.exp(-((ROWS - 13.5) ** 2 + (COLUMNS - 13.5) ** 2) / 50)
    edge = edges.fit(window * upper_right)
    assert edge.side == "upper right"
    assert turn_apart(edge.orientation, 135) < 4


def test_a_quarter_turn_of_the_map_turns_the_orientation_by_90_degrees():
    weight_map = lesson_bar(orientation=25)
    before, after = edges.fit(weight_map), edges.fit(np.rot90(weight_map))
    assert turn_apart(after.orientation, before.orientation + 90) < 2
    assert after.explained == pytest.approx(before.explained, abs=0.01)


@pytest.mark.parametrize(("weight_map", "side"), [(step_edge(), "right"), (lesson_bar(), "dark")])
def test_flipping_the_sign_flips_only_the_bright_side(weight_map, side):
    edge, flipped = edges.fit(weight_map), edges.fit(-weight_map)
    assert flipped.side == side
    assert (flipped.orientation, flipped.explained) == (edge.orientation, edge.explained)


def test_the_scale_of_the_weights_changes_only_the_amplitude():
    small, large = edges.fit(1e-200 * step_edge()), edges.fit(1e200 * step_edge())
    assert large.explained == pytest.approx(small.explained)
    assert large.amplitude == pytest.approx(1e200 * (1e200 * small.amplitude))


def test_amplitude_times_template_leaves_exactly_the_energy_that_is_not_explained():
    weight_map = smooth_noise(np.random.default_rng(0))
    edge = edges.fit(weight_map)
    rest = weight_map - edge.amplitude * edges.template(edge)
    assert np.sum(rest**2) / np.sum(weight_map**2) == pytest.approx(1 - edge.explained, abs=1e-5)


@pytest.mark.parametrize("weight_map", [step_edge(), -step_edge(), lesson_bar(), -lesson_bar(row=1, column=2)])
def test_a_template_sums_to_zero_has_length_1_and_agrees_with_the_map_in_sign(weight_map):
    t = edges.template(edges.fit(weight_map))
    assert t.sum() == pytest.approx(0, abs=1e-4)
    assert np.sum(t**2) == pytest.approx(1, abs=1e-4)
    assert np.sum(t * weight_map) > 0


def test_a_template_is_its_own_best_fit():
    edge = edges.fit(step_edge())
    assert edges.fit(edges.template(edge)).explained == pytest.approx(1, abs=1e-5)


def test_a_bars_width_reaches_from_sign_change_to_sign_change():
    profile = edges.template(edges.Edge("bar", 14, 14, 0, 4, 20, "bright", explained=1, amplitude=1))[:, 14]
    assert (profile[[13, 14, 15]] > 0).all()
    assert abs(profile[[12, 16]]).max() < 0.05 * profile.max()
    assert (profile[[11, 17]] < 0).all()


def test_an_edges_width_reaches_from_its_brightest_line_to_its_darkest():
    profile = edges.template(edges.Edge("edge", 14, 14, 0, 4, 20, "top", explained=1, amplitude=1))[:, 14]
    assert (profile.argmax(), profile.argmin()) == (12, 16)


def test_the_outline_of_a_level_bar_is_wider_than_high():
    edge = edges.Edge("bar", 10, 12, 0, width=4, length=10, side="bright", explained=1, amplitude=1)
    assert sorted(map(tuple, edges.outline(edge))) == [(8, 7), (8, 17), (12, 7), (12, 17)]


def test_the_outlines_long_side_rises_to_the_right_at_45_degrees():
    edge = edges.Edge("bar", 10, 12, 45, width=2, length=10, side="bright", explained=1, amplitude=1)
    rows, columns = (edges.outline(edge) - (10, 12)).T
    assert (rows * columns < 0).all()


def test_white_noise_scores_low():
    assert edges.fit(np.random.default_rng(1).standard_normal((28, 28))).explained < 0.06


def test_a_round_blob_is_not_mostly_an_edge():
    assert edges.fit(np.exp(-((ROWS - 13) ** 2 + (COLUMNS - 13) ** 2) / 18)).explained < 0.5


def test_a_constant_map_is_no_edge_at_all():
    assert edges.fit(np.full((28, 28), -3.0)).explained < 1e-6


def test_a_map_of_zeros_has_no_edge():
    assert edges.fit(np.zeros(784)) is None


def test_flat_and_square_maps_are_the_same():
    assert edges.fit(step_edge().ravel()) == edges.fit(step_edge())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_map_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="NaN or infinite"):
        edges.fit(np.full((28, 28), value))


@pytest.mark.parametrize("shape", [(7, 28), (28, 7), (1, 64)])
def test_a_map_smaller_than_8_by_8_is_refused(shape):
    with pytest.raises(ValueError, match=rf"{shape[0]} x {shape[1]} pixels; expected at least 8 x 8"):
        chance.noise_floor(np.ones(shape), np.random.default_rng(0))


def test_a_flat_map_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"\(400,\); expected \(rows, columns\) or \(784,\)"):
        edges.fit(np.ones(400))


@pytest.mark.parametrize("shape", [(8, 8), (9, 30), (17, 23), (64, 64)])
@pytest.mark.parametrize("turn", [0, 45, 90])
def test_a_stripe_between_two_halves_is_found_in_maps_of_any_shape(shape, turn):
    row, column = (shape[0] - 1) / 2, (shape[1] - 1) / 2
    rows, columns = np.indices(shape)
    across = (columns - column) * np.sin(np.deg2rad(turn)) + (rows - row) * np.cos(np.deg2rad(turn))
    edge = edges.fit(np.tanh(-across) * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / min(shape) ** 1.5))
    assert (edge.kind, round(edge.orientation / 15) * 15 % 180) == ("edge", turn)
    assert abs(edge.row - row) < min(shape) / 10
    assert abs(edge.column - column) < min(shape) / 10
    assert edge.explained > 0.7


@pytest.mark.parametrize("shape", [(8, 8), (17, 23), (64, 64)])
def test_noise_of_any_shape_fits_an_edge_worse_than_an_edge_does(shape):
    rng = np.random.default_rng(2)
    floor = chance.noise_floor(rng.normal(size=shape), rng, 50)
    assert 0 < floor.median < 0.3 < edges.fit(np.where(np.indices(shape)[1] < shape[1] / 2, 1.0, -1.0)).explained


def test_the_same_seed_gives_the_same_noise():
    first, second = (chance.noise_floor(step_edge(), np.random.default_rng(5), 20).scores for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_noise_floor_scores_are_sorted_shares():
    scores = chance.noise_floor(step_edge(), np.random.default_rng(0), 30).scores
    assert scores.shape == (30,)
    assert (np.diff(scores) >= 0).all()
    assert scores.min() > 0
    assert scores.max() <= 1


def test_maps_that_are_noise_rank_uniformly_among_their_noise():
    """At most 5 of 40 may exceed their 95th percentile, and the mean rank must be about one half."""
    rng = np.random.default_rng(7)
    ranks = []
    for _ in range(40):
        weight_map = smooth_noise(rng)
        ranks.append(1 - chance.noise_floor(weight_map, rng, 60).reached_by(edges.fit(weight_map).explained))
    assert np.sum(np.array(ranks) > 0.95) <= 5
    assert 0.35 < np.mean(ranks) < 0.65
    assert 0.25 < np.mean(np.array(ranks) < 0.5) < 0.75


def test_a_true_edge_detector_beats_all_its_noise():
    noise_and_bar = lesson_bar() + 0.05 * np.random.default_rng(2).standard_normal((28, 28))
    floor = chance.noise_floor(noise_and_bar, np.random.default_rng(0))
    assert chance.margin(edges.fit(noise_and_bar), floor) > 0
    assert floor.reached_by(edges.fit(noise_and_bar).explained) <= 0.02


def test_smoother_maps_have_a_higher_noise_floor():
    rng = np.random.default_rng(3)
    rough, smooth = (chance.noise_floor(smooth_noise(rng, sigma), rng, 60).median for sigma in (0.3, 2.5))
    assert smooth > 3 * rough


def test_noise_has_the_neighbour_correlation_of_the_map():
    rng = np.random.default_rng(4)
    weight_map = smooth_noise(rng)

    def correlation(maps):
        return np.sum(maps[..., 1:] * maps[..., :-1]) / np.sum(maps[..., 1:] ** 2)

    assert correlation(chance.noise(weight_map, rng, 50)) == pytest.approx(correlation(weight_map), abs=0.05)


def test_noise_keeps_to_the_maps_place_and_extent():
    rng = np.random.default_rng(5)
    weight_map = np.exp(-((ROWS - 8) ** 2 / 18 + (COLUMNS - 17) ** 2 / 32)) * smooth_noise(rng, 1)

    def place_and_extent(energy):
        row, column = (np.sum(grid * energy) / energy.sum() for grid in (ROWS, COLUMNS))
        return [row, column, *(np.sum(a**2 * energy) / energy.sum() for a in (ROWS - row, COLUMNS - column))]

    drawn = place_and_extent(np.mean(chance.noise(weight_map, rng, 400) ** 2, axis=0))
    assert drawn == pytest.approx(place_and_extent(weight_map**2), abs=0.5)


def test_noise_of_a_single_pixel_is_finite():
    pixel = np.zeros((28, 28))
    pixel[0, 27] = 1
    assert np.isfinite(chance.noise_floor(pixel, np.random.default_rng(0), 10).scores).all()


def test_the_noise_floor_of_zeros_is_zero():
    assert chance.noise_floor(np.zeros((28, 28)), np.random.default_rng(0), 5).percentile_95 == 0


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="draws is 0; expected at least 1"):
        chance.noise_floor(step_edge(), np.random.default_rng(0), 0)


@pytest.mark.parametrize("orientation", [0, 30, 90, 135])
def test_the_stripe_covers_what_a_fine_grid_covers(orientation):
    drawn = drawn_bar(12, 15, orientation, width=3, length=11)
    assert abs(edges.stripe(12, 15, orientation, 11, 3) - drawn).max() < 0.22
    assert edges.stripe(12, 15, orientation, 11, 3).sum() == pytest.approx(33, abs=0.8)


@pytest.mark.parametrize(
    ("kind", "orientation", "side", "words"),
    [
        ("edge", 0, "bottom", "bright below, dark above"), ("edge", 90, "left", "bright left, dark right"),
        ("bar", 178, "dark", "a dark horizontal bar"), ("bar", 70, "bright", "a bright vertical bar"),
        ("bar", 135, "bright", "a bright slanting bar"),
    ],
)  # fmt: skip
def test_an_edge_is_told_without_a_number(kind, orientation, side, words):
    assert edges.looks(edges.Edge(kind, 9, 9, orientation, 4, 10, side, explained=0.5, amplitude=1)) == words
