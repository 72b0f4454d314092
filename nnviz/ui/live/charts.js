// @ts-check
// Finds a figure on the page, and its traces, shapes and notes by their names. Which names the scripts rely on stands in
// names.json, where tsc looks for them, and tests/test_scripts.py asks each figure for them. A name that is not in the
// figure is an error.

/** @import { Key, NoteName, Plot, ShapeName, TraceData, TraceName } from "./types.d.ts" */

/** @param {string} key */
export const part = (key) => /** @type {HTMLElement | null} */ (document.querySelector(`.st-key-${key}`))

/**
 * A figure, once Plotly has read it.
 * @template {Key} K
 * @param {K} key
 */
export function plot(key) {
  const gd = /** @type {Plot<K> | null | undefined} */ (part(key)?.querySelector(".js-plotly-plot"))
  return gd?._fullData ? gd : undefined
}

/**
 * A trace as it was given to Plotly, and what Plotly has drawn of it by now, which may be nothing.
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {TraceName<K>} name
 * @returns {{ data: TraceData, drawn: Element | null }}
 */
export function trace(gd, name) {
  const at = named(gd.data, "trace", name)
  return {
    data: gd.data[at],
    get drawn() {
      return drawnOf(gd, at)
    },
  }
}

/**
 * The same of a trace that the figure need not have.
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {TraceName<K>} name
 */
export function traceIfAny(gd, name) {
  return gd.data.some((each) => each.name === name) ? trace(gd, name) : undefined
}

/**
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {ShapeName<K>} name
 */
export function shape(gd, name) {
  const shapes = gd.layout.shapes ?? [], at = named(shapes, "shape", name)
  const drawn = /** @type {SVGElement | null} */ (gd.querySelector(`.shapelayer path[data-index="${at}"]`))
  return { given: shapes[at], drawn }
}

/**
 * What Plotly has drawn of a note.
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {NoteName<K>} name
 */
export function note(gd, name) {
  const at = named(gd.layout.annotations ?? [], "note", name)
  return /** @type {SVGElement | null} */ (gd.querySelector(`.annotation[data-index="${at}"]`))
}

/**
 * @param {{ name?: string }[]} parts
 * @param {string} kind
 * @param {string} name
 */
function named(parts, kind, name) {
  const at = parts.findIndex((each) => each.name === name)
  if (at < 0) throw new Error(`the figure has no ${kind} called “${name}”`)
  return at
}

/**
 * Plotly marks lines and points with their trace's own number, but not heatmaps: those stand in the order of the traces.
 * @param {Plot<Key>} gd
 * @param {number} at
 */
function drawnOf(gd, at) {
  const { type, uid, xaxis, yaxis } = gd._fullData[at]
  if (type !== "heatmap") return gd.querySelector(`.scatterlayer > .trace${uid}`)
  const here = gd._fullData.filter((t) => t.type === type && t.visible === true && t.xaxis === xaxis && t.yaxis === yaxis)
  return gd.querySelectorAll(`.subplot.${xaxis}${yaxis} .heatmaplayer > g`)[here.indexOf(gd._fullData[at])] ?? null
}
