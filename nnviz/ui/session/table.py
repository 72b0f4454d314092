"""The one table of what a visitor's session holds: key, what it is at first, and how a link names, reads and writes it.

Nothing else makes up keys of `st.session_state`, except a widget its own. One more line here, with its reader and its
writer from `parameters`, is one more parameter of the link. A link is read and written in this order: what is read
further down may rely on what stands above.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from nnviz.ink import SIDE
from nnviz.study import build
from nnviz.training.presets import PRESETS
from nnviz.ui.session import data
from nnviz.ui.session import parameters as link
from nnviz.ui.session.parameters import Entry

# fmt: off
TABLE = (
    # in the link
    Entry("network", data.NETWORKS[0], "network", link.read_network, link.write_network),  # which one is shown
    Entry("yours", (), "turned", link.read_turned, link.write_turned),  # one's own networks; in the link, as 1.4.b:2.5
    Entry("layer", 1, "layer", link.read_layer, link.write_number),  # whose neuron is examined; 0 is the input
    Entry("neuron", 0, "neuron", link.read_neuron, link.write_number),  # the one examined, counted from 0
    Entry("out", list, "out", link.read_out, link.write_out),  # knocked out: (layer, neuron), ...; as 1.4,2.0
    Entry("x", partial(np.zeros, SIDE * SIDE, np.float32), "drawing", link.read_drawing, link.write_drawing),  # input
    Entry("talk_step", 1, "step", link.read_step, link.write_number),  # of the talk, counted from 1
    Entry("room", "", "room", link.read_room, link.write_word),  # of the phones that vote; a secret of the stage
    Entry("stage", False, "stage", link.read_stage, link.write_number),  # whether pages have the look for a stage
    Entry("kiosk", 0, "kiosk", link.read_kiosk, link.write_number),  # seconds alone before digits are replayed; 0 never
    Entry("painted", build.zero, "painted", link.read_painted, link.write_painted),  # weights (28, 28) made by hand
    Entry("start_from", None, "pattern", link.read_pattern, link.write_pattern),  # what they began as; bar,9,13.5,45
    Entry("digits_label", link.ANY, "label", link.read_class, link.write_word),  # only digits of this label
    Entry("digits_answer", link.ANY, "answer", link.read_class, link.write_word),  # only those of this answer
    Entry("digits_right", "wrong", "right", link.read_word(link.RIGHT), link.write_word),
    Entry("digits_sure", "all", "sure", link.read_word(link.SURE), link.write_word),
    Entry("digits_sort", "wrong", "sort", link.read_word(link.SORTS), link.write_word),  # in which order
    Entry("recipe", PRESETS["as smooth"], "recipe", link.read_recipe, link.write_recipe),  # to train by
    Entry("digits_view", "mistakes", "view", link.read_word(link.VIEWS), link.write_word),  # of all the digits
    Entry("map_layer", 1, "map", link.read_layer_of_map, link.write_number),  # whose activations the map is of
    Entry("map_colours", "label", "colours", link.read_word(("label", "answer")), link.write_word),

    # the page, and the frame around it
    Entry("page", ""),  # which one is open
    Entry("arrived", False),  # whether it was opened with this run: the canvas is then made anew
    Entry("notes", list),  # sentences about what could not be used, still to be shown
    Entry("written"),  # the parameters last written into the address
    Entry("looked"),  # the look and the kiosk the page was drawn with
    Entry("popover_open", False),

    # the canvas
    Entry("canvas_ink"),  # what `x` was prepared from, uint8 (280, 280); None: a picture that came prepared
    Entry("drawn", partial(np.zeros, (SIDE, SIDE), np.float32)),  # what `x` was prepared from, merely shrunk
    Entry("objects", list),  # the strokes and pictures on it, as the canvas describes them
    Entry("loaded", dict),  # what Python last put there: its edition, which only grows, and its objects
    Entry("loaded_x"),  # a network's name, and the input they are to it; None: whatever the canvas shows
    Entry("taken"),  # the edition from which something was last taken over
    Entry("sent"),  # what was taken over last: the picture, and when its stroke was drawn

    # Neurons
    Entry("sort", "by number"),  # the order of the gallery

    # Build
    Entry("build_begun", False),  # whether anything said what is painted, if only that nothing is: page, link or file
    Entry("painted_bias", 0.0),
    Entry("place_row", build.ROW),  # the pattern's centre, and how it is turned, in degrees
    Entry("place_column", build.COLUMN),
    Entry("place_turn", 0),
    Entry("copied", 0),  # the neuron of the network that was started from
    Entry("grid_edition", 0),  # grows when Python puts something onto the grid
    Entry("heard", dict),  # what the browser had sent when the page was drawn
    Entry("history", list),  # weights and bias before each change, to be undone
    Entry("drag"),  # when the drag of the threshold began that was last taken over

    # Network
    Entry("step"),  # how far the signal has come, as `figures.wiring` counts; None: to the end
    Entry("playing", False),  # whether it goes on by itself
    Entry("clock", False),  # whether the page looks again by itself
    Entry("ticked", 0.0),  # when the signal last went on
    Entry("loaded_file"),  # the upload last read

    # Digits
    Entry("digits_page", 1),  # of the gallery, counted from 1
    Entry("digit"),  # the one last pressed
    Entry("own_pictures"),  # labelled, to be looked at instead of the test digits
    Entry("loaded_pictures"),  # the upload last read

    # Train
    Entry("training", ""),  # the token of one's own
    Entry("taught"),  # the recipe it goes by
    Entry("asked"),  # the recipe that the choices on the page show,
    Entry("asking", 0),  # which begin anew with each growth of this

    # Talk
    Entry("answered", False),  # whether the step's question has been
    Entry("talk_serial", 0),  # grows with each press of a button, so that the keys go on from there
)
# fmt: on
DEFAULTS = {entry.key: entry.default for entry in TABLE if not callable(entry.default)}
IN_LINK = {entry.name: entry for entry in TABLE if entry.name}
