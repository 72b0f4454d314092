// @ts-check
// A finger on a figure.

/** @import { Plot } from "./types.d.ts" */

/**
 * Plotly 7 reports a finger's tap as a click, but not as the selection that Streamlit waits for.
 * @param {Event} event
 */
export function hearTaps({ target }) {
  const gd = /** @type {Plot<"wiring"> | null} */ (target instanceof Element && target.closest(".js-plotly-plot"))
  if (!gd || gd.taps) return
  gd.taps = true
  gd.on("plotly_click", ({ points }) => gd.emit("plotly_selected", { points: points.map(plain) }))
}

/** @param {Record<string, unknown>} point */
function plain({ curveNumber, pointNumber, pointIndex, x, y, customdata }) {
  return { curveNumber, pointNumber, pointIndex, x, y, customdata, data: {} }
}
