// @ts-check
// One neuron taken apart follows the pen: its sum, its terms, its activation, and what is written below all maps.

import { plot, trace, traceIfAny } from "./charts.js"
import { diverging, paint, showPoint, showSum, showTerms } from "./drawing.js"
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
 * Let a map that the mouse is on show what the drawing makes of it, weights × input, until the mouse leaves it.
 * @param {EventTarget | null} target
 * @param {() => { network: Network, pass: Pass } | undefined | false} now what the first layer, if it is shown, makes of it
 */
export function hearMaps(target, now) {
  const gd = plot("weight_maps")
  if (!gd || heard.has(gd) || !(target instanceof Node) || !gd.contains(target)) return
  heard.add(gd)
  for (const [event, lit] of /** @type {[string, boolean][]} */ ([["plotly_hover", true], ["plotly_unhover", false]])) {
    gd.on(event, ({ points }) => {
      const known = now(), k = Number(points[0]?.customdata), name = /** @type {Given} */ (`neuron ${k}`)
      if (!known || !traceIfAny(gd, name)) return
      const { network: { layers }, pass } = known, [{ W, b }] = layers, many = W.length / b.length, weights = W.subarray(k * many, (k + 1) * many)
      const { zmax } = trace(gd, name).data
      paint(gd, name, lit ? termsOf(layers, pass, 1, k) : weights, (value) => diverging(value, zmax))
    })
  }
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
