// @ts-check
// The picture of each step, by its name.

import { ask } from "./ask.js"
import { plain, together } from "./galleries.js"
import { layers, neuron, noise, outputs, pixels } from "./reading.js"
import { bias, hope, squash, sum, weights } from "./summing.js"
import { everything, knobs } from "./wholes.js"

/** @import { Picture } from "./talk.d.ts" */

/** @type {Record<string, Picture>} */
export const PICTURES = {
  neuron, pixels, outputs, layers, hope, weights, sum, ask, squash, bias, knobs, function: everything, plain, noise, together,
}
