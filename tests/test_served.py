"""Networks that the server was started with: in the picker of every visitor, in links, and what is said of others."""

import os
import shutil
import subprocess
import sys

import pytest

from nnviz import files, served
from nnviz.mnist import ASSETS
from nnviz.ui.session import data
from tests.files.made import DATA, npz, weights
from tests.test_pages import DIGIT, DRAW, ROOT, open_link, open_page, sentences

KERAS = ASSETS / "examples" / "mnist.keras"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of networks that the server is started with; it is read again in each test."""
    monkeypatch.setenv(served.FOLDER, str(tmp_path))
    served.networks.cache_clear()
    yield tmp_path
    served.networks.cache_clear()


def small():
    (W, b), *_ = weights(784, 10)
    return npz(W1=W, b1=b)


# ---- which are found


def test_files_are_named_on_the_command_line_one_by_one(tmp_path):
    paths, said = served.asked(["--network", "a.onnx", "--network=b.npz"])
    assert [str(path) for path in paths] == ["a.onnx", "b.npz"]
    assert said == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--network"], "--network needs a file, such as --network my.onnx."),
        (["--netwrok", "a.onnx"], '"--netwrok" is not understood; --network my.onnx is.'),
    ],
)
def test_words_that_mean_nothing_are_said(words, says):
    assert says in served.asked(words)[1]


def test_a_folder_is_read_in_the_order_of_its_names_without_what_are_no_networks(tmp_path):
    for name in ("b.npz", "a.onnx", "notes.txt", "c.pt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.npz").mkdir()
    assert [path.name for path in served.asked([], str(tmp_path))[0]] == ["a.onnx", "b.npz", "c.pt"]


def test_a_file_named_twice_is_read_once(tmp_path):
    (tmp_path / "a.npz").write_bytes(small())
    (path,), _ = served.asked(["--network", str(tmp_path / "a.npz")], str(tmp_path))
    assert path.name == "a.npz"


def test_a_folder_that_is_not_there_is_said():
    assert served.asked([], "/no/such") == (
        [],
        ['The folder NNVIZ_NETWORKS="/no/such" cannot be read: No such file or directory.'],
    )


def test_each_has_a_name_of_its_own_that_is_safe_in_a_link_and_no_shipped_ones(tmp_path):
    paths = [tmp_path / name for name in ("smooth.npz", "yours.npz", "a b.npz", "![](e)&x=1.npz", "a-b.npz", "..npz")]
    for path in paths:
        path.write_bytes(small())
    assert list(served.read(paths)[0]) == ["smooth-2", "yours-2", "a-b", "e-x-1", "a-b-2", "network"]


def test_every_shipped_name_is_reserved():
    assert {*data.NETWORKS, "yours"} <= set(served.RESERVED)


def test_a_file_that_cannot_be_read_is_left_out_in_one_line_and_the_others_are_there(tmp_path):
    (tmp_path / "good.npz").write_bytes(small())
    (tmp_path / "broken.onnx").write_bytes(b"rubbish")
    shutil.copy(DATA / "torch.safetensors", tmp_path)
    (tmp_path / "model.pt").write_bytes(b"\x80\x02")
    (tmp_path / "huge.h5").write_bytes(bytes(files.LARGEST_FILE + 1))
    paths, _ = served.asked(["--network", str(tmp_path / "gone.npz")], str(tmp_path))
    found, said = served.read(paths)
    assert list(found) == ["good"]
    assert len(said) == 5
    assert all(sentence.startswith("Left out: ") and "\n" not in sentence for sentence in said)
    assert "gone.npz cannot be read: No such file or directory." in said[0]
    assert "broken.onnx cannot be opened: it is damaged" in said[1]
    assert "huge.h5 is 16.0 MB; expected at most 16 MB" in said[2]
    assert "model.pt is a pickle" in said[3]
    assert "python -m nnviz convert torch.safetensors my.npz --activations relu,softmax adds them" in said[4]


def test_there_are_24_at_most(tmp_path):
    for number in range(served.MOST + 2):
        (tmp_path / f"{number:02d}.npz").write_bytes(small())
    found, said = served.read(served.asked([], str(tmp_path))[0])
    assert len(found) == 24
    assert said == ['There are more than 24 networks; left out: "24.npz", "25.npz".']


# ---- for visitors


def test_they_are_in_the_picker_behind_the_shipped_ones_and_answer_as_keras_did(folder):
    shutil.copy(KERAS, folder)
    app = open_page(DRAW, DIGIT)
    picker = app.selectbox(key="network")
    assert picker.options == [*data.NETWORKS, '"mnist"']
    assert picker.value == "smooth"
    picker.set_value("mnist").run()
    assert not app.exception
    net = data.network("mnist")
    assert net.forward(DIGIT.ravel()).prediction == 7
    assert app.query_params["network"] in ("mnist", ["mnist"])


def test_a_link_names_one_and_its_neurons_are_those_of_that_network(folder):
    (W1, b1), (W2, b2) = weights(784, 300, 10)
    (folder / "large.npz").write_bytes(npz(W1=W1, b1=b1, W2=W2, b2=b2))
    app = open_link(DRAW, network="large", layer="1", neuron="299", out="1.298,2.9")
    assert sentences(app) == []
    found = [app.session_state[key] for key in ("network", "layer", "neuron", "out")]
    assert found == ["large", 1, 299, [(1, 298), (2, 9)]]
    (said,) = sentences(open_link(DRAW, network="large", layer="3"))
    assert 'There is no layer "3"; they run from 1 to 2.' in said


def test_turned_knobs_of_one_travel_in_a_link(folder):
    (folder / "mine.npz").write_bytes(small())
    app = open_link(DRAW, network="mine", turned="1.4.b:2.5")
    assert sentences(app) == []
    assert app.session_state["yours"][0].network.layers[0].b[4] == 2.5
    assert app.query_params["network"] in ("mine", ["mine"])
    assert app.query_params["turned"] in ("1.4.b:2.5", ["1.4.b:2.5"])


def test_a_link_to_one_that_this_server_does_not_have_names_those_it_has(folder):
    (folder / "mine.npz").write_bytes(small())
    (said,) = sentences(open_link(DRAW, network="other"))
    assert said.startswith(
        'There is no network "other"; there are smooth, rough, plain, untrained, wide, "mine". Showing'
    )


# ---- the server itself


def test_the_command_line_of_the_server_reaches_it_and_it_goes_on_without_what_it_cannot_read(tmp_path):
    (tmp_path / "good.npz").write_bytes(small())
    (tmp_path / "bad.npz").write_bytes(b"rubbish")
    program = (
        "import sys\nfrom streamlit.web import bootstrap\n"
        "bootstrap._fix_sys_argv('app.py', sys.argv[1:])\n"  # as `streamlit run app.py -- ...` does
        "import app\nfrom nnviz import served\nprint(*served.networks())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *(f"--network={tmp_path / name}" for name in ("good.npz", "bad.npz"))],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, served.FOLDER: ""},
    )  # fmt: skip
    assert done.stdout.split() == ["good"], done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("nnviz: ")]
    assert line == "nnviz: Left out: bad.npz cannot be opened: it is damaged or not an .npz file."
