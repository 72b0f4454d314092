"""Figures whose objects are made when somebody asks for them."""

import copy
import pickle

import plotly.graph_objects as go
import pytest

from nnviz.figures import style


def test_a_figures_spec_is_the_one_plotly_makes_of_it():
    parts = [{"type": "scatter", "x": [1, 2], "y": [3, 4], "name": "line"}], {"xaxis": {"visible": False}}
    figure = style.assemble(*parts, height=100)
    spec = figure.to_dict()
    assert "_data" not in vars(figure)  # no objects yet
    assert spec == go.Figure({"data": parts[0], "layout": figure.to_dict()["layout"]}).to_dict()
    assert spec["layout"]["template"] == go.Figure().to_dict()["layout"]["template"]


def test_a_figure_can_be_changed_as_any_of_plotlys():
    figure = style.assemble([{"type": "scatter", "y": [1]}], {}, height=100)
    figure.add_scatter(y=[2])
    figure.update_layout(height=200)
    assert len(figure.data) == 2
    assert figure.to_dict()["layout"]["height"] == 200
    assert not hasattr(figure, "nonsense")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda figure: pickle.loads(pickle.dumps(figure))])
def test_a_figure_can_be_copied_before_its_objects_are_made(copied):
    figure = style.assemble([{"type": "scatter", "y": [1]}], {}, height=100)
    assert copied(figure).to_dict() == figure.to_dict()
