// @ts-check
// What Python sends of the map: `message` in spread.py.

/** @import { Numbers } from "../../live/types.d.ts" */
/** @typedef {{ points: Int16Array, mean: Float32Array, axes: Float32Array }} Plane */
/**
 * @typedef {object} Sent As `message` in spread.py writes it.
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
  const bytes = new Uint8Array(data) // begins where a float32 may
  const length = new DataView(bytes.buffer).getUint32(0, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  let at = 4 + length + (-length & 3)
  const next = (/** @type {number} */ size) => {
    const from = at
    at += size + (-size & 3)
    return bytes.buffer.slice(from, from + size)
  }
  const n = header.count, labels = new Uint8Array(next(n)), answers = new Uint8Array(next(n))
  const brightest = new Float32Array(next(4 * n))
  const planes = header.sizes.map((/** @type {number} */ k) => ({
    points: new Int16Array(next(4 * n)), mean: new Float32Array(next(4 * k)), axes: new Float32Array(next(8 * k)),
  }))
  return { ...header, labels, answers, brightest, planes, pixels: bytes.subarray(at) }
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
