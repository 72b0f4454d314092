// @ts-check
// One neuron taken apart follows the pen: its sum, its terms, its activation, and what is written below all maps.

import { plot, trace, traceIfAny } from "./charts.js"
import { diverging, holds, paint, showPoint, showSum, showTerms } from "./drawing.js"
import { darken, tie } from "./lit.js"
import { signed } from "./numbers.js"
import { termsOf } from "./wiring.js"

/** @import { Given, Layer, Network, Pass, Plot } from "./types.d.ts" */

/** @type {WeakSet<HTMLElement>} figures that are listened to */
const heard = new WeakSet()

/**
 * @param {{ layer: number, neuron: number, layers: Layer[] }} chosen
 * @param {Pass} pass
 */
export function showNeuron({ layer, neuron, layers }, pass) {
  if (layer > layers.length || neuron >= layers[layer - 1].b.length) return // another network's yet
  const terms = termsOf(layers, pass, layer, neuron), zs = pass.zs[layer - 1], as = pass.activations[layer]
  showSum(terms, layers[layer - 1].b[neuron], zs[neuron], as[neuron])
  showTerms(plot("contributions"), terms)
  showPoint(plot("sigmoid"), zs[neuron], as[neuron])
  const maps = plot("weight_maps")
  if (maps) showCaptions(maps, (k) => (k < zs.length ? `  a ${signed(as[k], 2)}` : ""))
}

/**
 * Let a map that the mouse is on show what the drawing makes of it, weights × input, until the mouse leaves it; in later
 * layers, whose maps are not their weights, by lines from the inputs listed in the middle.
 * @param {EventTarget | null} target
 * @param {() => { network: Network, pass: Pass, layer: number } | undefined} now the layer shown, and what it is given
 */
export function hearMaps(target, now) {
  const gd = plot("weight_maps")
  if (!gd || heard.has(gd) || !(target instanceof Node) || !gd.contains(target)) return
  heard.add(gd)
  gd.on("plotly_hover", ({ points }) => show(gd, points[0], now(), true))
  gd.on("plotly_unhover", ({ points }) => show(gd, points[0], now(), false))
}

/**
 * @param {Plot<"weight_maps">} gd
 * @param {Record<string, unknown> | undefined} point
 * @param {{ network: Network, pass: Pass, layer: number } | undefined} known
 * @param {boolean} lit
 */
function show(gd, point, known, lit) {
  darken(gd)
  const k = Number(point?.customdata), name = /** @type {Given} */ (`neuron ${k}`)
  if (!known || !point || !traceIfAny(gd, name)) return
  const { network: { layers }, pass, layer } = known, { W, b } = layers[layer - 1], many = W.length / b.length
  if (layer === 1) {
    const weights = W.subarray(k * many, (k + 1) * many), { zmax } = trace(gd, name).data
    paint(gd, name, lit ? termsOf(layers, pass, 1, k) : weights, (value) => diverging(value, zmax))
    return
  }
  const middle = plot("weight_map")
  if (lit && middle && holds(trace(middle, middle.layout.meta.cells).data, pass.activations[layer - 1]))
    tie(gd, middle, Number(point.pointNumber), termsOf(layers, pass, layer, k))
}

/**
 * Write behind the numbers of the neurons.
 * @param {Plot<"weight_maps">} gd
 * @param {(neuron: number) => string} says
 */
function showCaptions(gd, says) {
  const { customdata } = trace(gd, "neurons").data
  trace(gd, "captions").drawn?.querySelectorAll(".textpoint text").forEach((text, at) => {
    if (text.lastChild && text.childNodes.length > 1) text.lastChild.textContent = says(customdata[at])
  })
}
