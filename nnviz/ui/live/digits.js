// @ts-check
// The 10,000 test digits in the browser, fetched once (nnviz/web/digits.py), and what a neuron's weights make of them: in
// double precision, pixel by pixel, so that a weight turned or painted costs one pixel's digits and not all.

import { SIDE, TEST_DIGITS } from "./constants.js"

/** @import { Digits } from "./types.d.ts" */

export const MANY = 10_000
const PIXELS = SIDE * SIDE

/** @returns {Promise<Digits>} kept for all pages */
export function digits() {
  window.nnvizDigits ??= fetched().catch((error) => {
    window.nnvizDigits = undefined // another page may try again
    throw error
  })
  return window.nnvizDigits
}

/** @returns {Promise<Uint8Array>} their pixels, one picture after the other, kept for the next who asks */
export function pictures() {
  window.nnvizPictures ??= bytes().then((all) => all.subarray(MANY)).catch((error) => {
    window.nnvizPictures = undefined
    throw error
  })
  return window.nnvizPictures
}

async function fetched() {
  const all = await bytes()
  return byPixel(all.subarray(0, MANY), all.subarray(MANY))
}

async function bytes() {
  const answer = await fetch(TEST_DIGITS)
  if (!answer.ok) throw new Error(`the test digits: ${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  if (bytes.length !== MANY * (1 + PIXELS)) throw new Error(`the test digits: ${bytes.length} bytes`)
  return bytes
}

/**
 * @param {Uint8Array} labels
 * @param {Uint8Array} pictures one after the other
 * @returns {Digits}
 */
function byPixel(labels, pictures) {
  const starts = new Uint32Array(PIXELS + 1)
  for (let i = 0, p = 0; i < pictures.length; i++, p = p + 1 === PIXELS ? 0 : p + 1) if (pictures[i]) starts[p + 1]++
  for (let p = 0; p < PIXELS; p++) starts[p + 1] += starts[p]
  const next = starts.slice(), which = new Uint16Array(starts[PIXELS]), greys = new Uint8Array(starts[PIXELS])
  for (let k = 0, i = 0; k < MANY; k++) for (let p = 0; p < PIXELS; p++, i++) {
    if (!pictures[i]) continue
    which[next[p]] = k
    greys[next[p]++] = pictures[i]
  }
  return { labels, starts, which, greys }
}

/**
 * Add to the sums of n neurons, digit by digit, what one pixel adds.
 * @param {Digits} digits
 * @param {Float64Array} sums (MANY * n)
 * @param {number} pixel
 * @param {ArrayLike<number>} weights of the n neurons from there
 * @param {Float64Array} inputs what each of the 256 greys is to the neurons, less what black is
 */
export function addPixel({ starts, which, greys }, sums, pixel, weights, inputs) {
  const n = weights.length
  for (let i = starts[pixel]; i < starts[pixel + 1]; i++) {
    const x = inputs[greys[i]]
    for (let k = 0, at = which[i] * n; k < n; k++) sums[at + k] += weights[k] * x
  }
}

/** What the 256 greys are, as float32 holds them: 0 to 1. */
export const GREYS = Float64Array.from({ length: 256 }, (_, grey) => Math.fround(grey / 255))
