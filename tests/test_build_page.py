"""The Build page without a browser: patterns, the threshold, the guess, the network, links and files."""

import json
import re
from decimal import Decimal

import numpy as np
import pytest

from nnviz import archives, mnist
from nnviz.export import link
from nnviz.network import Layer, Network
from nnviz.study import build, surgery
from tests.test_pages import BLANK, DIGIT, ROOT, numbers, open_link, open_page, sentences, text

BUILD = "pages/3_build.py"
SCRIPT = "nnviz/ui/frame/script.py"
DIGITS = mnist.load("test")
BAR = build.bar()
EDGE, PUT_IN = "Is it an edge detector?", "Put it into the network"


def painted(weights=BAR, bias=-5.0, image=DIGIT, **choices):
    """Open the page with a neuron painted."""
    return open_page(BUILD, image, painted=weights, painted_bias=bias, build_begun=True, **choices)


def table(app):
    """Read the numbers of the page's one table: a row for each line, by its name."""
    (body,) = (element.proto.body for element in app.get("html") if '"ledger"' in element.proto.body)
    rows = re.findall(r"<th scope='row'>(.*?)</th>(.*?)</tr>", body)
    return {name: re.findall(r"<td[^>]*>(.*?)</td>", cells.replace("−", "-")) for name, cells in rows}


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def press(app, key):
    return app.button(key=key).click().run()


# ---- painting


@pytest.mark.parametrize("page", [BUILD, SCRIPT])
@pytest.mark.parametrize("image", [BLANK, DIGIT], ids=["blank", "a digit"])
def test_the_page_opens_alone_and_through_the_app(page, image):
    app = open_page(page, image)
    if page == SCRIPT:
        app.switch_page(str(ROOT / BUILD)).run()
    assert not app.exception
    assert sentences(app) == []
    assert app.subheader[0].value == "Build a neuron"
    np.testing.assert_array_equal(app.session_state["painted"], build.surround())
    assert app.session_state["painted_bias"] == -6
    assert "invitation" not in text(app)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"drawing": link.encode(DIGIT), "network": "plain"}, (build.surround(), -6)),
        ({"pattern": "bar,9,12.5,45"}, (build.bar(9, 12.5, 45), 0)),  # such links were written of a bar painted over
        ({"painted": link.encode_neuron(build.zero(), -3)}, (build.zero(), -3)),
        ({"painted": link.encode_neuron(build.zero(), 0)}, (build.zero(), 0)),
    ],
    ids=["says nothing", "a pattern", "a bias", "nothing painted"],
)
def test_a_link_that_does_not_say_what_is_painted_opens_as_any_first_visit(said, expected):
    app = open_link(BUILD, **said)
    assert sentences(app) == []
    np.testing.assert_array_equal(app.session_state["painted"], expected[0])
    assert app.session_state["painted_bias"] == expected[1]
    assert ("invitation" in text(app)) == (not expected[0].any())
    assert app.query_params["painted"] == link.encode_neuron(*expected)


def test_what_was_cleared_stays_cleared_on_other_pages_and_by_its_own_link():
    app = press(open_page(SCRIPT, DIGIT).switch_page(str(ROOT / BUILD)).run(), "clear_painting")
    assert "invitation" in text(app.run())
    app.switch_page(str(ROOT / "pages/1_draw.py")).run()
    again = open_link(BUILD, **app.query_params)
    for each in (app.switch_page(str(ROOT / BUILD)).run(), again):
        assert "invitation" in text(each)
        assert numbers(each) == [0, 0, 0, 0, Decimal("0.5")]


def test_who_was_never_on_build_has_nothing_painted_in_the_link():
    assert "painted" not in open_page(SCRIPT, DIGIT).query_params


def test_the_sum_of_the_painted_neuron_adds_up_and_is_the_one_numpy_finds():
    positive, negative, bias, z, a = numbers(painted())
    terms = (BAR * DIGIT).astype(float)
    truth = [terms[terms > 0].sum(), terms[terms < 0].sum(), -5, terms.sum() - 5, 1 / (1 + np.exp(5 - terms.sum()))]
    np.testing.assert_allclose(np.array([positive, negative, bias, z, a], float), truth, atol=0.00101)
    assert positive + negative + bias == z


@pytest.mark.parametrize("shown", ["region", "surround", "bar", "ring"])
def test_a_pattern_is_painted_and_clear_takes_it_away(shown):
    app = open_page(BUILD, DIGIT)
    press(app, f"pattern_{shown}")
    assert not app.exception
    np.testing.assert_array_equal(app.session_state["painted"], build.PATTERNS[shown]())
    assert not press(app, "clear_painting").session_state["painted"].any()
    assert not app.exception


def test_the_bar_turns_and_moves_with_its_sliders():
    app = open_page(BUILD, DIGIT)
    press(app, "pattern_bar")
    app.slider(key="place_turn").set_value(45).run()
    app.slider(key="place_row").set_value(15.0).run()
    np.testing.assert_array_equal(app.session_state["painted"], build.bar(row=15.0, orientation=45))


def test_a_trained_neuron_can_be_the_start_and_has_its_own_sum():
    app = open_page(BUILD, DIGIT)
    press(app, "pattern_network")
    app.selectbox(key="copied").select(7).run()
    net = Network.load(mnist.ASSETS / "networks" / "smooth.npz")
    assert float(numbers(app)[3]) == pytest.approx(float(net.forward(DIGIT.ravel()).zs[0][7]), abs=0.05)


def test_undo_takes_back_one_change_after_the_other():
    app = painted()
    app.slider(key="threshold").set_value(8.0).run()
    press(app, "clear_painting")
    press(app, "undo_painting")
    np.testing.assert_array_equal(app.session_state["painted"], BAR)
    assert app.session_state["painted_bias"] == -8
    assert press(app, "undo_painting").session_state["painted_bias"] == -5


# ---- the threshold


@pytest.mark.parametrize("threshold", [-3.55, 0.05, 12.25])  # no sum is exactly that: sums are multiples of 1/510
def test_the_threshold_decides_who_fires(threshold):
    app = painted()
    app.slider(key="threshold").set_value(threshold).run()
    assert app.session_state["painted_bias"] == np.float32(-threshold)
    fires = int((DIGITS.x.astype(float) @ BAR.ravel().astype(float) > threshold).sum())
    assert f'Of the 10,000 test digits it fires for <b data-count="fires">{fires:,}</b>' in html(app)
    assert numbers(app)[2] == Decimal(f"{-threshold:.3f}")


@pytest.mark.parametrize("bias", [-build.BIAS_LIMIT, build.BIAS_LIMIT])
def test_the_farthest_threshold_lies_on_the_axis(bias):
    app = painted(bias=bias)
    assert not app.exception
    assert app.slider(key="threshold").value == -bias


# ---- the guess


def test_no_sum_of_a_probe_is_shown_before_a_guess():
    app = painted()
    assert "<table" not in text(app)
    assert "You said" not in text(app)


@pytest.mark.parametrize(("guess", "judged"), [("bar", "right"), ("blob", "no")])
def test_the_guess_is_judged_and_the_sums_of_all_probes_add_up(guess, judged):
    app = painted(guess=guess)
    assert f"You said **{guess}**: {judged}. Of the seven, **bar** excites it most." in text(app)
    rows = table(app)
    assert list(rows) == list(build.probes())
    for name, picture in build.probes().items():
        positive, negative, bias, z, a = map(Decimal, rows[name])
        assert positive + negative + bias == z
        assert float(z) == pytest.approx(float((picture * BAR).sum()) - 5, abs=0.00101)
        assert float(a) == pytest.approx(1 / (1 + np.exp(-float(z))), abs=0.001)


def test_of_a_neuron_that_sees_nothing_it_says_so():
    assert "All seven give the same sum z" in text(painted(build.zero(), 0.0, guess="full"))


# ---- edges, digits, the network


def test_the_edge_test_and_the_best_digit_are_honest():
    said = text(painted(more_build=EDGE))
    assert "a bright bar at 0° accounts for 80\u00a0%" in said
    assert "It tells **7** apart best." in said
    assert "best of 20 tries" in said


@pytest.mark.parametrize("bias", [-5.0, 50.0])
def test_a_neuron_without_weights_has_no_edge_and_tells_nothing_apart(bias):
    app = painted(build.zero(), bias, more_build=EDGE)
    assert not app.exception
    assert "there is no edge to find" in text(app)
    assert "None: it fires about equally often for each." in text(app)


def test_put_into_the_network_it_changes_accuracy_as_numpy_finds():
    rows = table(painted(more_build=PUT_IN, replaced=3))
    net = Network.load(mnist.ASSETS / "networks" / "smooth.npz")
    refit = mnist.load("train").images[:5000].reshape(5000, -1).astype(np.float32) / np.float32(255)
    for row, network in zip(
        rows.values(),
        (
            net,
            surgery.put_in(net, 3, BAR, -5),
            surgery.put_in(net, 3, BAR, -5, True, refit),
            surgery.put_in(net, 3, build.zero(), 0, True, refit),
        ),
        strict=True,
    ):
        right = network.forward(DIGITS.x).output.argmax(axis=1) == DIGITS.labels
        assert float(row[0].rstrip("%")) == pytest.approx(100 * right.mean(), abs=0.011)
        assert row[1].startswith("7, output activation")


def test_while_nothing_is_drawn_the_networks_read_the_test_digit_that_is_shown():
    app = painted(image=BLANK, more_build=PUT_IN)
    assert "its answer to a test digit" in text(app)
    assert table(app) == table(painted(image=DIGIT, more_build=PUT_IN))  # it is the very seven


def test_on_a_stage_nothing_is_open_over_the_page_until_a_tab_is_pressed():
    app = painted(stage=True)
    assert [tab.label for tab in app.tabs] == ["Build it", "Which picture excites it most?", EDGE, PUT_IN]
    assert not any(tab.children for tab in app.tabs)
    assert "<table" in text(painted(stage=True, more_build=PUT_IN))


# ---- links and files


def test_a_link_holds_the_neuron():
    app = open_link(BUILD, painted=link.encode_neuron(BAR, -5), drawing=link.encode(DIGIT))
    assert sentences(app) == []
    np.testing.assert_array_equal(app.session_state["painted"], BAR)
    assert app.session_state["painted_bias"] == -5


def test_what_was_painted_is_in_the_link():
    assert painted().query_params["painted"] == link.encode_neuron(BAR, -5)


@pytest.mark.parametrize("said", ["hello", link.encode_neuron(BAR, -5)[:-3], link.encode(DIGIT), "1." + "A" * 9000])
def test_a_mangled_neuron_is_refused_and_the_rest_of_the_link_works(said):
    app = open_link(BUILD, painted=said, drawing=link.encode(DIGIT), network="plain")
    assert not app.exception
    (sentence,) = sentences(app)
    assert "The painted neuron in this link cannot be read" in sentence
    np.testing.assert_array_equal(app.session_state["painted"], build.surround())
    assert app.session_state["network"] == "plain"
    np.testing.assert_array_equal(app.session_state["x"], DIGIT.ravel())


def probe(app):
    """The pictures of the probes on the page, by name."""
    (chart,) = (json.loads(e.proto.spec) for e in app.get("plotly_chart") if '"beside"' in e.proto.spec)
    return {trace["name"]: np.array(trace["z"]) for trace in chart["data"]}


def test_the_probes_stand_where_the_links_pattern_stands():
    app = open_link(BUILD, painted=link.encode_neuron(build.bar(9, 12.5, 45), 0), pattern="bar,9,12.5,45")
    assert sentences(app) == []
    shown = probe(app)
    for name, picture in build.probes(9, 12.5, 45).items():
        np.testing.assert_allclose(shown[name], picture, atol=1e-6)
    assert app.slider(key="place_turn").value == 45


def test_a_pattern_moved_and_turned_is_in_the_link_until_it_is_cleared():
    app = open_page(BUILD, DIGIT, build_begun=True)
    assert "pattern" not in app.query_params
    press(app, "pattern_bar")
    app.slider(key="place_turn").set_value(45).run()
    app.slider(key="place_row").set_value(9.5).run()
    assert app.query_params["pattern"] == "bar,9.5,13.5,45"
    assert "pattern" not in press(app, "clear_painting").query_params


@pytest.mark.parametrize(
    "said", ["star,9,13.5,45", "zero,9,9,0", "bar", "bar,9,13.5,45,1", "bar,nan,9,0", "bar,3.5,9,0", "bar,9,9,180"]
)
def test_a_pattern_that_cannot_be_is_named_in_a_sentence_and_the_rest_of_the_link_works(said):
    app = open_link(BUILD, painted=link.encode_neuron(BAR, -5), pattern=said)
    assert not app.exception
    (sentence,) = sentences(app)
    assert sentence.startswith(f'There is no pattern "{said}"; ')
    np.testing.assert_array_equal(app.session_state["painted"], BAR)
    np.testing.assert_allclose(probe(app)["bar"], build.probes()["bar"], atol=1e-6)


def test_a_saved_neuron_is_loaded_again():
    app = open_page(BUILD, DIGIT)
    app.file_uploader(key="neuron_file").upload("neuron.npz", link.neuron_bytes(BAR, -5)).run()
    assert not app.exception
    np.testing.assert_array_equal(app.session_state["painted"], BAR)
    assert app.session_state["painted_bias"] == -5


def test_a_neuron_saved_column_by_column_is_loaded_like_any_other():
    app = open_page(BUILD, DIGIT)
    app.file_uploader(key="neuron_file").upload(
        "n.npz", archives.pack_arrays(w=np.asfortranarray(BAR), b=np.array(-5.0))
    )
    assert not app.run().exception
    np.testing.assert_array_equal(app.session_state["painted"], BAR)
    assert "painted" in app.query_params


def test_a_name_of_a_file_is_quoted():
    app = painted()
    app.file_uploader(key="neuron_file").upload("![](//evil.example/t).npz", b"").run()
    (sentence,) = sentences(app)
    assert sentence.startswith('"![](//evil.example/t).npz" cannot be used: ')


def test_a_neuron_of_a_network_with_a_huge_bias_is_copied_all_the_same():
    layers = list(Network.load(mnist.ASSETS / "networks" / "smooth.npz").layers)
    layers[0] = Layer(layers[0].W, np.full(16, 1e6, np.float32))
    weights, bias = build.from_network(Network(tuple(layers)), 3)
    assert link.decode_neuron(link.encode_neuron(weights, bias))[1] == bias == build.BIAS_LIMIT


@pytest.mark.parametrize(
    "data",
    [
        b"", b"hello", link.neuron_bytes(BAR, 0)[:-40],
        archives.pack_arrays(w=np.full((28, 28), np.nan), b=np.array(0.0)),
    ],
    ids=["empty", "text", "cut short", "NaN"],
)  # fmt: skip
def test_a_file_that_is_no_neuron_is_refused_and_the_present_one_stays(data):
    app = painted()
    app.file_uploader(key="neuron_file").upload("mine.npz", data).run()
    assert not app.exception
    (sentence,) = sentences(app)
    assert sentence.startswith('"mine.npz" cannot be used: ')
    np.testing.assert_array_equal(app.session_state["painted"], BAR)


def test_a_network_of_another_size_is_no_neuron():
    app = painted()
    data = (mnist.ASSETS / "networks" / "smooth.npz").read_bytes()
    app.file_uploader(key="neuron_file").upload("smooth.npz", data).run()
    assert "expected b and w" in sentences(app)[0]
