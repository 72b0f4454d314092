// @ts-check
// What the network makes of the canvas: found, and told to whoever listens.

import { part, plot } from "./charts.js"
import { forward, isBlank } from "./numbers.js"

/** @import { Network, Numbers, Pass } from "./types.d.ts" */

/**
 * @param {Network} network
 * @param {Numbers} x
 */
export function run({ layers }, x) {
  return forward(layers, x, plot("wiring")?.layout.meta.out)
}

/**
 * Tell a page's own script, if it listens, what the network makes of the canvas; `drawing`, as of now and before Python.
 * The canvas's style is told whether there is ink.
 * @param {Network} network
 * @param {Pass} pass
 * @param {boolean} drawing
 */
export function tell(network, pass, drawing) {
  part("ink")?.toggleAttribute("data-inked", !isBlank(network, pass.activations[0]))
  document.dispatchEvent(new CustomEvent("nnviz-pass", { detail: { network, pass, drawing } }))
}
