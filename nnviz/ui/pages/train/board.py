"""The middle of the page: maps, curves, digits, and the scrubber that they all follow."""

from __future__ import annotations

import streamlit as st

from nnviz import figures
from nnviz.figures.style import SHOWN
from nnviz.network import Trace
from nnviz.training.moment import Marks
from nnviz.ui.kit import answer
from nnviz.ui.live import live
from nnviz.ui.session import courses, data
from nnviz.ui.session.courses import Watched

_component = st.components.v2.component(
    "nnviz_moment",
    html='<div class="row"><button type="button" disabled>Play</button>'
    '<input type="range" min="0" max="0" value="0" step="1" disabled aria-label="Moment of the training">'
    '<p></p><output aria-live="polite"></output></div>',
    css="""
        .row { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1rem; }
        input { flex: 1 1 14rem; height: 2.75rem; margin: 0; accent-color: var(--st-primary-color); cursor: pointer; }
        p { margin: 0; min-width: 27rem; font-variant-numeric: tabular-nums; }
        p::after { content: attr(data-state); margin-left: .75rem; font-weight: 600; color: var(--st-primary-color); }
        button { min-width: 4.5rem; min-height: 2.75rem; font: inherit; font-weight: 600; cursor: pointer;
            color: inherit; background: none;
            border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
        button:hover:enabled { color: var(--st-primary-color); border-color: currentColor; }
        :is(button, input):focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
        :disabled { opacity: .4; cursor: default; }
        output { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        @media (max-width: 640px) { /* its state beside it, in the same line */
            p { min-width: 0; flex-basis: 100%; order: 3; font-size: .875rem; }
            p::after { margin-left: .4rem; }
        }
    """,
    js=live.script("moment.js"),
)


def scrubber(name: str) -> None:
    """Show the scrubber: a moment of the course of that name, for maps, curves, digits and answer to follow."""
    own = courses.training() if name == courses.MINE else None
    _component(
        key="moment",
        data={
            "course": "" if own else name,
            "token": own.token if own else "",
            "state": own.state if own else "",
            "play": not own,
        },
        default={"at": None, "heard": ""},
        on_at_change=lambda: None,
        on_heard_change=lambda: None,
        height="content",
        width="stretch",
    )


def maps(found: Watched) -> None:
    """Show the weight maps of the first layer; from here on the browser changes them."""
    net = found.drawn
    weights = net.layers[0].W.reshape(-1, *net.shape)
    many = min(len(weights), figures.MOST_MAPS)
    rows, columns = net.shape
    shown = f"The weights of {many}" + (f" of {len(weights)}" if many < len(weights) else "")
    with st.container(key="maps", height=455, border=False):  # the style sheet knows how high the window is
        st.html(f'<p class="said">{shown} neurons: + blue adds, − red takes away</p>')
        st.plotly_chart(
            figures.forming(weights, data.limit(weights)),
            key="forming",
            height="stretch",
            config=SHOWN,
            alt=f"{many} weight maps of {rows} by {columns} weights, one for each neuron of the first layer, at the "
            "moment the scrubber stands at.",
        )


def curves(found: Watched) -> None:
    """Show how accuracy and loss went; while a network trains, the browser draws them on."""
    points = found.whole.curve if found.whole else []
    held = found.course.held if found.course else "validation"
    with st.container(key="curves", height=220, border=False):
        st.plotly_chart(
            figures.course(
                [each.step for each in points],
                ([each.right_training for each in points], [each.right_validation for each in points]),
                ([each.loss_training for each in points], [each.loss_validation for each in points]),
                found.steps,
                points[-1].step if points else 0,
                found.recipe.output,
                held,
            ),
            key="course",
            height="stretch",
            config=SHOWN,
            alt=_said(points[-1], held) if points else "Nothing is learned yet: the curves begin when training does.",
        )


def _said(last: Marks, held: str) -> str:
    return (
        f"After {last.step:,} batches {100 * last.right_validation:.1f} % of the {held} digits are read correctly, "
        f"and {100 * last.right_training:.1f} % of the training digits; the losses are {last.loss_validation:.3f} and "
        f"{last.loss_training:.3f}."
    )


def bars(found: Watched, trace: Trace) -> None:
    """List what the network makes of the drawing, and beside it how many of each digit it reads."""
    held = found.course.held if found.course else "validation"
    with st.container(key="bars", horizontal=True, gap="medium"):
        with st.container(key="of_drawing"):
            st.html('<p class="said">Outputs for your drawing</p>')
            answer.outputs(trace, found.network)
        with st.container(key="of_digits"):
            st.html(f'<p class="said">{held.capitalize()} digits read correctly</p>')
            _digits(found, held)


def _digits(found: Watched, held: str) -> None:
    """List how many of each of the ten digits are read correctly; a dash where that is not measured yet."""
    shares = found.moment.right_by_digit.tolist() if found.moment else [None] * 10
    rows = "".join(
        f'<li><b>{k}</b><span><i style="transform:scaleX({share or 0:.3f})"></i></span>'
        f"<code>{'–' if share is None else f'{100 * share:.0f} %'}</code></li>"
        for k, share in enumerate(shares)
    )
    with st.container(key="by_digit_read"):
        st.html(f'<ol {answer.stamp()} aria-label="{held} digits read correctly, for each digit">{rows}</ol>')
