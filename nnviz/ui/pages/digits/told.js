// @ts-check
// What Python sends of a gallery, `message` in gallery.py, and what is said of each picture.

import { unpack } from "./packed.js"

/** @import { Shape } from "./shown.js" */
/** @typedef {{ k: number, label: number, answer: number, bright: number, apart: number, caption: string }} Told */
/**
 * @typedef {object} Gallery
 * @property {string} text the header itself
 * @property {number} id another one if anything of what is shown is another
 * @property {string} kind
 * @property {string[]} classes
 * @property {boolean} digits whether they are the ten
 * @property {string} called
 * @property {number} count
 * @property {number} each of a page
 * @property {number} page whose pixels these are
 * @property {number | null} chosen
 * @property {Shape} shape
 * @property {boolean} served whether the pictures are the test digits
 * @property {boolean} sure whether the brightest output says how sure it is
 * @property {boolean} apart whether each has a distance from the drawing
 * @property {boolean} stage
 * @property {Uint32Array} numbers
 * @property {Uint16Array} labels
 * @property {Uint16Array} answers
 * @property {Float32Array} brightest
 * @property {Float32Array} distances
 * @property {Uint8Array} pixels
 */

const NOBODY = 2 ** 32 - 1

/**
 * @param {Uint8Array} data
 * @returns {Gallery}
 */
export function read(data) {
  const { text, next, rest } = unpack(data), header = JSON.parse(text), n = header.count
  return {
    ...header, text,
    numbers: new Uint32Array(next(4 * n)), labels: new Uint16Array(next(2 * n)), answers: new Uint16Array(next(2 * n)),
    brightest: new Float32Array(next(4 * n)), distances: new Float32Array(next(header.apart ? 4 * n : 0)),
    pixels: rest(),
  }
}

/**
 * What there is to say of a picture, by its place in the order.
 * @param {Gallery} sent
 * @param {number} at
 * @returns {Told}
 */
export function told(sent, at) {
  const { numbers, labels, answers, brightest, distances, classes } = sent
  const label = labels[at], answer = answers[at], apart = distances[at]
  if (numbers[at] === NOBODY) return { k: -1, label, answer: label, bright: 0, apart: 0, caption: "\u00a0" }
  const caption = sent.apart ? `${classes[label]}: ${apart.toFixed(2)}`
    : label === answer ? classes[label] : `${classes[label]} → ${classes[answer]}`
  return { k: numbers[at], label, answer, bright: brightest[at], apart, caption }
}

/**
 * A picture in words: A 4, answered 9, sure 0.83
 * @param {{ classes: string[], digits: boolean, sure: boolean, apart?: boolean }} sent
 * @param {{ label: number, answer: number, bright: number, apart: number }} each
 */
export function named(sent, { label, answer, bright, apart }) {
  const { classes, digits } = sent
  const what = digits ? `${label === 8 ? "An" : "A"} ${label}` : `Labelled ${classes[label]}`
  const more = sent.apart ? `${apart.toFixed(2)} from your drawing` : `${sent.sure ? "sure" : "largest output"} ${bright.toFixed(2)}`
  return `${what}, answered ${classes[answer]}, ${more}`
}
