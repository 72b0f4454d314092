// @ts-check
// The figure of all layers follows the pen, as nnviz/figures/layers.py draws it.

import { shape, trace } from "./charts.js"
import { CLEAR } from "./constants.js"
import { holds, paint, shade, showMinusSigns } from "./drawing.js"
import { limits } from "./numbers.js"

/** @import { Network, Numbers, Pass, Plot } from "./types.d.ts" */

/**
 * Whether the figure is of a network with such layers, and not another one's yet.
 * @param {Plot<"activations">} gd
 * @param {Pass} pass
 */
export function fits(gd, { activations }) {
  const { layers } = gd.layout.meta
  return layers.length === activations.length && activations.every((a, k) => holds(trace(gd, layers[k]).data, a))
}

/**
 * @param {Plot<"activations">} gd
 * @param {Network} network
 * @param {Pass} pass
 * @param {number | null} answer
 */
export function showLayers(gd, { ranges }, pass, answer) {
  const { meta } = gd.layout, { activations, zs } = pass
  activations.forEach((a, k) => {
    const name = meta.layers[k], { data } = trace(gd, name), signs = meta.signs[k], [low, high] = limits(ranges[k], a)
    Object.assign(data, { zmin: Math.min(low, high), zmax: Math.max(low, high) })
    paint(gd, name, a, shade(low, high, k > 0))
    if (signs) showMinusSigns(gd, signs, a, CLEAR * high, data.z[0].length)
    if (k) data.customdata = withSums(data.customdata, zs[k - 1])
  })
  const { given, drawn } = shape(gd, "answer"), axis = gd._fullLayout[`yaxis${given.yref.slice(1)}`]
  if (drawn) {
    drawn.style.transform = `translateY(${axis.l2p(answer ?? 0) - axis.l2p(meta.answer ?? 0)}px)`
    drawn.style.opacity = answer === null ? "0" : "1"
  }
}

/**
 * The same rows of cells with other weighted sums in them: a number each, or in a grid first of the sum, then the neuron.
 * @param {(number | [z: number, neuron: number] | null)[][]} rows
 * @param {Numbers} z
 */
function withSums(rows, z) {
  return rows.map((row, r) => row.map((cell, c) => {
    const k = r * row.length + c
    return cell === null ? null : typeof cell === "number" ? z[k] : [z[k], k]
  }))
}
