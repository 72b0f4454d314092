"""The usual recipe, to compare with: st_canvas, a forward pass, and one Plotly chart per layer."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit_drawable_canvas import st_canvas

weights = np.load("assets/networks/smooth.npz")
pen = {"stroke_width": 20, "stroke_color": "#fff", "background_color": "#000"}
canvas = st_canvas(**pen, width=280, height=280, return_image_data=True, key="ink")
picture = np.zeros((280, 280)) if canvas.image_data is None else canvas.image_data[..., 0] / 255
a = picture.reshape(28, 10, 28, 10).mean(axis=(1, 3)).ravel()
layers = [a.reshape(28, 28)]
for n in (1, 2, 3):
    a = 1 / (1 + np.exp(-(weights[f"W{n}"] @ a + weights[f"b{n}"])))
    layers.append(a[:, None])
st.header(f"{a.argmax()}" if picture.any() else "?")
for column, layer in zip(st.columns(4), layers, strict=True):
    with column:
        figure = go.Figure(go.Heatmap(z=layer, zmin=0, zmax=1, colorscale="gray"))
        st.plotly_chart(figure.update_yaxes(autorange="reversed"))
