"""Chance and the scores kept: how sure a score beside noise is, many looks at once, and what is kept of it."""

import numpy as np
import pytest

from nnviz.mnist import ASSETS
from nnviz.network import Network
from nnviz.study import chance, edges, scores

SHIPPED = sorted(path for path in (ASSETS / "networks").glob("*.npz") if path != scores.FILE)


def maps(path):
    return Network.load(path).layers[0].W.reshape(-1, 28, 28)


@pytest.mark.parametrize(
    ("p_values", "found"),
    [
        ([0.01, 0.02, 0.03, 0.04, 0.05], [True] * 5),  # the last is at its own line, and takes the others with it
        ([0.04, 0.5, 0.6], [False] * 3),
        ([0.5, 0.001, 0.03, 0.9], [False, True, False, False]),
        ([0.5, 0.001, 0.02, 0.9], [False, True, True, False]),
        ([], []),
    ],
)
def test_many_looks_at_once_are_allowed_for(p_values, found):
    assert chance.ahead(np.array(p_values)).tolist() == found


def test_sixteen_looks_at_noise_find_something_in_a_twentieth_of_all_cases():
    rng = np.random.default_rng(0)
    lucky = [chance.ahead(rng.uniform(size=16)).any() for _ in range(4000)]
    assert np.mean(lucky) == pytest.approx(0.05, abs=0.012)


def test_the_interval_holds_the_truth_in_about_19_of_20_cases():
    rng, truth = np.random.default_rng(1), 0.08
    floors = [chance.NoiseFloor(np.sort(rng.uniform(size=200))) for _ in range(2000)]
    held = [low <= truth <= high for low, high in (floor.interval(1 - truth) for floor in floors)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_a_score_that_few_draws_leave_open_is_called_so():
    edge = edges.Edge("bar", 9, 9, 10, 4, 10, "dark", explained=0.6, amplitude=1)
    floor = chance.NoiseFloor(np.sort(np.append(np.full(97, 0.2), [0.7, 0.7, 0.7])))
    assert chance.verdict(edge, floor).startswith("Too close to call with 100 random patterns")


def test_drawing_ends_once_enough_noise_did_as_well():
    weight_map = np.random.default_rng(2).standard_normal((28, 28))
    floor = chance.noise_floor(weight_map, np.random.default_rng(3), 1000, explained=0.0)
    assert floor.scores.size == chance.BATCH
    assert floor.p_value(0.0) == 1


def test_the_coarse_search_finds_what_looking_at_every_template_finds():
    rng = np.random.default_rng(4)
    smooth = chance.noise(maps(SHIPPED[0])[3], rng, 12).reshape(12, -1)
    drawn = smooth / np.linalg.norm(smooth, axis=1, keepdims=True)
    angles, widths = np.arange(0, 180, 7.5), np.log([3.0, 5.0, 8.0])
    centres = np.arange(3.0, 26, 1.5)
    for weight_map, score in zip(drawn, edges.search(drawn)[1], strict=True):
        grid = np.stack(np.meshgrid([0, 1], centres, centres, angles, widths, [np.log(2.2)]), axis=-1).reshape(-1, 6)
        grid[:, 5] += grid[:, 4]
        every = max(float(((edges._templates(part) @ weight_map) ** 2).max()) for part in np.array_split(grid, 20))
        assert score > every - 0.02


# ---- what is kept


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_map_has_its_2000_scores(path):
    for weight_map in maps(path):
        assert scores.beside_noise(weight_map, 0.5).scores.size == 2000


def test_kept_scores_are_those_that_are_drawn_again():
    weight_map = maps(ASSETS / "networks" / "smooth.npz")[5]
    kept = scores.beside_noise(weight_map, 0.5)
    drawn = chance.noise_floor(weight_map, np.random.default_rng(99), 400)
    for share in (0.25, 0.5, 0.9):
        assert np.quantile(drawn.scores, share) == pytest.approx(np.quantile(kept.scores, share), abs=0.05)


def test_a_map_changed_in_one_weight_is_scored_anew():
    weight_map = maps(ASSETS / "networks" / "smooth.npz")[5].copy()
    weight_map[3, 3] += 0.5
    assert scores.beside_noise(weight_map, 0.0).scores.size == chance.BATCH


def test_without_the_file_scores_are_drawn(tmp_path):
    assert scores._kept(tmp_path / "missing.npz") == {}
    (tmp_path / "damaged.npz").write_bytes(b"PK")
    assert scores._kept(tmp_path / "damaged.npz") == {}


def test_the_verdict_in_short_names_both_numbers_and_never_more_than_chance_allows():
    edge = edges.fit(np.where(np.arange(28)[:, None] < 14, 1.0, -1.0) * np.ones((28, 28)))
    ahead, level = chance.NoiseFloor(np.linspace(0.1, 0.3, 200)), chance.NoiseFloor(np.linspace(0.6, 1.0, 200))
    opening, numbers = chance.in_short(edge, ahead)
    assert opening == "looks like an edge detector: bright above, dark below"
    assert f"{edge.explained:.0%}".replace("%", "\u00a0%") in numbers
    assert "29\u00a0%" in numbers
    assert chance.in_short(edge, level)[0] == "looks no more like an edge than noise does"
    assert chance.in_short(None, level) == ("has no edge", "All its weights are zero.")


def test_only_maps_that_are_new_are_scored_again(monkeypatch):
    monkeypatch.setattr(scores, "noise_floor", lambda *_: pytest.fail("a map was scored whose scores are kept"))
    made = scores.make()
    with np.load(scores.FILE) as kept:
        assert set(made) == set(kept.files)
        assert all(np.array_equal(made[name], kept[name]) for name in made)


def test_percentiles_of_a_hand_made_floor():
    floor = chance.NoiseFloor(np.arange(101) / 100)
    assert (floor.median, floor.percentile_95) == pytest.approx((0.5, 0.95))
    assert floor.reached_by(0.995) == pytest.approx(1 / 101)


def test_a_verdict_admits_chance():
    edge = edges.Edge("edge", 9, 9, 69.6, 4, 10, "left", explained=0.41, amplitude=1)
    text = chance.verdict(edge, chance.NoiseFloor(np.linspace(0.3, 0.6, 100)))
    assert text.startswith("No more edge-like than noise of the same kind")
    assert "a bright-left edge at 70° accounts for 41\u00a0% of the weights" in text
    assert "half reach 45\u00a0%, 95\u00a0% stay below 58\u00a0%, and 63 did as well" in text


@pytest.mark.parametrize(
    ("explained", "opening"), [(0.62, "Edge-like, and more so than chance"), (0.4, "More edge-like")]
)
def test_a_verdict_above_the_noise_says_so(explained, opening):
    edge = edges.Edge("bar", 9, 9, 179.8, 4, 10, "dark", explained=explained, amplitude=1)
    text = chance.verdict(edge, chance.NoiseFloor(np.full(100, 0.2)))
    assert text.startswith(opening)
    assert "a dark bar at 0°" in text


def test_blank_weights_get_a_verdict_and_sort_last():
    floor = chance.noise_floor(np.zeros(784), np.random.default_rng(0), 3)
    assert chance.verdict(None, floor) == "All weights are zero: there is no edge to find."
    assert chance.margin(None, floor) == -1
