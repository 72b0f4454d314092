"""Files brought by a visitor in a real browser: opened, asked about, chosen, and answering the drawing."""

import numpy as np
import pytest
from safetensors.numpy import load as tensors

from nnviz import files
from nnviz.export import link
from nnviz.mnist import ASSETS, load
from tests.browser.conftest import serve
from tests.browser.visit import Visit
from tests.files.made import graph, node

EXAMPLES = ASSETS / "examples"
DIGIT = load("test").images[0] / 255  # a seven
ARRAYS = tensors((EXAMPLES / "mnist.safetensors").read_bytes())  # a layer with ReLU, and one with softmax
LINK = f"/network?drawing={link.encode(DIGIT)}"


def bring(visit: Visit, file, title):
    """Open a file, a path or what Playwright takes for one, and wait until it is chosen."""
    visit.page.get_by_role("tab", name="Bring your own").click()
    visit.page.locator(".st-key-network_file input[type=file]").set_input_files(file)
    visit.eventually(lambda: chosen(visit, title))
    return visit.settled()


def chosen(visit, title):
    """Fail unless the picker, which is a list now, shows this name."""
    box = visit.page.locator(".st-key-network input[role=combobox]")
    assert box.count()
    assert box.input_value() == title


def answers(visit):
    """Fail unless the Draw page shows what NumPy makes of the drawing and the example's numbers."""
    visit.go_to("Draw")
    hidden = np.maximum(ARRAYS["0.weight"] @ DIGIT.ravel() + ARRAYS["0.bias"], 0)
    z = ARRAYS["2.weight"] @ hidden + ARRAYS["2.bias"]
    traces = visit.traces("activations")
    assert np.ravel(traces["hidden 1"]["z"]) == pytest.approx(hidden, abs=1e-4)
    assert np.ravel(traces["output"]["z"]) == pytest.approx(np.exp(z) / np.exp(z).sum(), abs=1e-5)
    assert "7" in visit.verdict()


def test_a_safetensors_file_is_opened_asked_about_and_answers_as_its_numbers_say(tab):
    bring(tab.open(LINK), EXAMPLES / "mnist.safetensors", '"mnist"')
    assert "does not say which activation follows each layer" in tab.page.get_by_test_id("stMain").inner_text()
    tab.press("Use these answers")

    def asked_no_more():
        assert "does not say" not in tab.page.get_by_test_id("stMain").inner_text()

    tab.eventually(asked_no_more)
    answers(tab.settled())


def test_an_onnx_file_is_opened_and_answers_as_its_numbers_say(tab):
    nodes = [
        *(node("Gemm", "x", "0.weight", "0.bias", "h", transB=1), node("Relu", "h", "a")),
        *(node("Gemm", "a", "2.weight", "2.bias", "z", transB=1), node("Softmax", "z", "y")),
    ]
    data = graph(*nodes, constants=ARRAYS, given=("n", 784))
    file = {"name": "my net.onnx", "mimeType": "application/octet-stream", "buffer": data}
    answers(bring(tab.open(LINK), file, '"my net"'))


def test_a_pickle_is_refused_and_the_lines_that_convert_it_are_shown(tab):
    tab.open(LINK).page.get_by_role("tab", name="Bring your own").click()
    box = tab.page.locator(".st-key-network_file input[type=file]")
    box.set_input_files({"name": "model.pt", "mimeType": "application/octet-stream", "buffer": b"\x80\x02"})

    def it_says_so():
        assert "from safetensors.torch import save_file" in " ".join(tab.warnings())

    tab.eventually(it_says_so)
    assert "network" not in tab.parameters()


@pytest.fixture
def stocked(tmp_path):
    """The address of a server that was started with a network."""
    folder = tmp_path / "networks"
    folder.mkdir()
    (folder / "net for all.keras").write_bytes((EXAMPLES / "mnist.keras").read_bytes())
    with serve(tmp_path / "log", {"NNVIZ_NETWORKS": str(folder)}) as address:
        yield address


def test_a_network_of_the_servers_is_in_the_list_and_stays_after_a_reload(stocked, visit_with):
    visit = visit_with(stocked).open(f"/?drawing={link.encode(DIGIT)}")
    visit.page.locator(".st-key-network input").click()
    visit.page.get_by_role("option", name='"net-for-all"').click()

    def it_is_in_the_address():
        assert visit.parameters().get("network") == "net-for-all"

    visit.eventually(it_is_in_the_address)
    visit.settled().page.reload()
    visit.settled()
    chosen(visit, '"net-for-all"')
    network = files.read((EXAMPLES / "mnist.keras").read_bytes(), "a.keras")
    expected = network.forward(DIGIT.ravel().astype(np.float32)).output
    np.testing.assert_allclose(np.ravel(visit.traces("activations")["output"]["z"]), expected, atol=1e-5)
