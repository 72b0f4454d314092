// @ts-check
// One neuron taken apart follows the pen: its sum, its terms, its activation, and what is written below all maps.

import { plot, trace } from "./charts.js"
import { showPoint, showSum, showTerms, write } from "./drawing.js"
import { signed } from "./numbers.js"
import { termsOf } from "./wiring.js"

/** @import { Layer, Pass, Plot } from "./types.d.ts" */

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
  if (maps) showCaptions(maps, (k) => (k < zs.length ? `z ${signed(zs[k], 2)}   a ${signed(as[k], 2)}` : ""))
}

/**
 * Write into the captions that have a second line; on a stage they have none.
 * @param {Plot<"weight_maps">} gd
 * @param {(neuron: number) => string} says
 */
function showCaptions(gd, says) {
  const { customdata } = trace(gd, "neurons").data
  trace(gd, "captions").drawn?.querySelectorAll(".textpoint text").forEach((text, at) => {
    if (text.childElementCount > 1 && text.lastElementChild) write(text.lastElementChild, says(customdata[at]))
  })
}
