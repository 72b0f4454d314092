// @ts-check
// What Python sends of the map: `message` in spread.py.

import { unpack } from "./packed.js"

/** @import { Numbers } from "../../live/types.d.ts" */
/** @typedef {{ points: Int16Array, mean: Float32Array, axes: Float32Array }} Plane */
/**
 * @typedef {object} Sent As `message` in spread.py writes it.
 * @property {string} text the header itself, which differs if anything else does
 * @property {string[]} names
 * @property {string[]} apart
 * @property {string[]} says
 * @property {number[]} sizes
 * @property {string[]} classes
 * @property {boolean} digits whether the classes are the ten
 * @property {boolean} sure whether the brightest output says how sure it is
 * @property {number} count
 * @property {string} called
 * @property {string[]} colours
 * @property {number} reach
 * @property {boolean} pictures whether the browser can have them
 * @property {boolean} own whether they are a visitor's, and here
 * @property {readonly [rows: number, columns: number]} shape
 * @property {Uint8Array} pixels
 * @property {number} nearest
 * @property {boolean} stage
 * @property {Uint8Array} labels
 * @property {Uint8Array} answers
 * @property {Float32Array} brightest
 * @property {Plane[]} planes
 */

/**
 * @param {Uint8Array} data
 * @returns {Sent}
 */
export function read(data) {
  const { text, next, rest } = unpack(data), header = JSON.parse(text), n = header.count
  const labels = new Uint8Array(next(n)), answers = new Uint8Array(next(n)), brightest = new Float32Array(next(4 * n))
  const planes = header.sizes.map((/** @type {number} */ k) => ({
    points: new Int16Array(next(4 * n)), mean: new Float32Array(next(4 * k)), axes: new Float32Array(next(8 * k)),
  }))
  return { ...header, text, labels, answers, brightest, planes, pixels: rest() }
}

/**
 * Where activations lie in a layer's plane.
 * @param {Plane} plane
 * @param {Numbers} a
 * @returns {[x: number, y: number]}
 */
export function placed({ mean, axes }, a) {
  let x = 0, y = 0
  for (let i = 0, n = mean.length; i < n; i++) {
    x += axes[i] * (a[i] - mean[i])
    y += axes[n + i] * (a[i] - mean[i])
  }
  return [x, y]
}
