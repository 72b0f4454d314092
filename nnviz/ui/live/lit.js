// @ts-check
// The connections of one neuron, lit while the mouse or the keyboard is on it: in the wiring, where the others step back,
// and among a layer's maps, where they lead to its map from the terms in the middle.

import { trace } from "./charts.js"
import { BLUE, RED } from "./constants.js"
import { pointer, strongest } from "./wiring.js"

/** @import { Network, Numbers, Pass, Place, Plot } from "./types.d.ts" */
/** @typedef {import("./wiring.js").Line} Line */

const SVG = "http://www.w3.org/2000/svg"
const INTO = 60 // lines

/**
 * @param {Plot<"wiring">} gd
 * @param {Network} network
 * @param {Pass} pass
 * @param {Place} place
 */
export function light(gd, { layers }, pass, [layer, k]) {
  darken(gd)
  const { by } = gd.layout.meta, sheet = gd.querySelector(".scatterlayer")
  const sent = (/** @type {number} */ n) => (by === "signal" ? pass.activations[n] : pass.activations[n].map(() => 1))
  const into = strongest(layers[layer - 1], sent(layer - 1), INTO, [k])
  const out = layer < layers.length ? strongest(layers[layer], sent(layer), 1, layers[layer].b.keys(), [k]) : []
  const group = document.createElementNS(SVG, "g"), point = pointer(gd)
  group.setAttribute("class", "lit")
  for (const [lines, n] of /** @type {[Line[], number][]} */ ([[into, layer - 1], [out, layer]])) {
    const largest = Math.max(...lines.map(({ value }) => Math.abs(value)))
    for (const line of lines) {
      const share = Math.abs(line.value) / largest
      if (!n) group.append(cell(gd, line, share))
      group.append(stroke(`M${point(n, line.source).at}L${point(n + 1, line.target).at}`, line.value, share))
    }
  }
  sheet?.prepend(group)
  gd.classList.add("dimmed")
  gd.once("plotly_afterplot", () => darken(gd))
}

/**
 * Lead the strongest terms of a neuron's sum from the middle of the ring, where its layer's inputs are listed, to its map.
 * @param {Plot<"weight_maps">} gd
 * @param {Plot<"weight_map">} middle
 * @param {number} at which of the maps
 * @param {Numbers} terms
 */
export function tie(gd, middle, at, terms) {
  darken(gd)
  const { x, y } = trace(gd, "neurons").data, columns = trace(middle, middle.layout.meta.cells).data.z[0].length
  const to = spot(gd, gd, Number(x[at]), Number(y[at]))
  const [left, right] = [-0.5, columns - 0.5].map((column) => spot(gd, middle, column, 0)[0]), leftwards = to[0] < (left + right) / 2
  const size = Float64Array.from(terms, Math.abs), order = [...size.keys()].filter((i) => size[i]).sort((i, j) => size[j] - size[i])
  const group = document.createElementNS(SVG, "g")
  group.setAttribute("class", "lit")
  for (const i of order.slice(0, INTO)) {
    const [row, column] = [Math.floor(i / columns), i % columns]
    const from = spot(gd, middle, columns > 1 ? column : leftwards ? -0.5 : 0.5, row)
    group.append(stroke(`M${from}L${to}`, terms[i], size[i] / size[order[0]]))
  }
  gd.querySelector(".main-svg")?.append(group)
  gd.once("plotly_afterplot", () => darken(gd))
}

/**
 * Where a place in one figure stands in another.
 * @param {Plot<"weight_maps">} gd
 * @param {Plot<"weight_maps"> | Plot<"weight_map">} figure
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
function spot(gd, figure, x, y) {
  const { xaxis, yaxis } = figure._fullLayout, here = gd.getBoundingClientRect(), there = figure.getBoundingClientRect()
  return [there.left - here.left + xaxis._offset + xaxis.l2p(x), there.top - here.top + yaxis._offset + yaxis.l2p(y)]
}

/** @param {HTMLElement} gd */
export function darken(gd) {
  gd.querySelector(".lit")?.remove()
  gd.classList.remove("dimmed")
}

/** @param {number} value */
const colour = (value) => `rgb(${value < 0 ? RED : BLUE})`

/**
 * @param {string} d
 * @param {number} value
 * @param {number} share
 */
function stroke(d, value, share) {
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", d)
  path.style.cssText = `fill: none; stroke: ${colour(value)}; stroke-width: ${0.7 + 3 * share}px; opacity: ${0.25 + 0.7 * share}`
  if (value < 0) path.style.strokeDasharray = "6 4"
  return path
}

/**
 * The pixel that a line comes from, over the picture.
 * @param {Plot<"wiring">} gd
 * @param {Line} line
 * @param {number} share
 */
function cell(gd, { source, value }, share) {
  const { xaxis, yaxis } = gd._fullLayout, side = gd.data.find(({ name }) => name === gd.layout.meta.layers[0])?.z[0].length ?? 1
  const [column, row] = [source % side, Math.floor(source / side)], rect = document.createElementNS(SVG, "rect")
  const left = xaxis.l2p(column - 0.5), top = yaxis.l2p(row - 0.5)
  const place = { x: left, y: top, width: xaxis.l2p(column + 0.5) - left, height: yaxis.l2p(row + 0.5) - top }
  for (const [name, at] of Object.entries(place)) rect.setAttribute(name, `${at}`)
  rect.style.cssText = `fill: ${colour(value)}; opacity: ${0.35 + 0.6 * share}`
  return rect
}
