// @ts-check
// The course of a training, read from the bytes that nnviz/training/course_bytes.py writes; of one moment, too.

import { LEAK } from "./constants.js"

/** @import { Layer } from "./types.d.ts" */
/** @typedef {{ at: number, kind: string, shape: number[] }} Place */
/** @typedef {{ sizes: number[], hidden: string, output: string }} Recipe */
/**
 * @typedef {object} Marks How well it did: as `Marks` in nnviz/training/moment.py.
 * @property {number} step
 * @property {number} epoch
 * @property {[training: number, validation: number]} loss
 * @property {[training: number, validation: number]} right
 * @property {number[]} byDigit
 */
/** @typedef {Marks & { layers: () => Layer[] }} Moment */
/** @typedef {{ steps: number, held: string, recipe: Recipe, curve: Marks[], moments: Moment[] }} Course */

const MAGIC = "nnviz 1\n"
/** @type {Record<string, Int8ArrayConstructor | Int16ArrayConstructor | Int32ArrayConstructor | Float32ArrayConstructor>} */
const KINDS = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array }

/**
 * @param {Uint8Array} bytes
 * @returns {Course}
 */
export function readCourse(bytes) {
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw new Error("this is no course of a training")
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true)
  const { recipe, steps, held, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + length)))
  const array = (/** @type {Place} */ { at, kind, shape }) => {
    const Kind = KINDS[kind], count = shape.reduce((a, b) => a * b, 1)
    return new Kind(bytes.slice(at, at + count * Kind.BYTES_PER_ELEMENT).buffer)
  }
  const step = array(arrays.steps), marks = array(arrays.marks), columns = arrays.marks.shape[1]
  const curve = [...step].map((each, k) => marksOf(each, marks.subarray(k * columns, (k + 1) * columns)))
  const scales = array(arrays.scales), weights = array(arrays.weights), last = arrays.last && array(arrays.last)
  const kept = [...array(arrays.kept)], many = arrays.weights.shape[1], parts = arrays.scales.shape[1]
  const moments = kept.map((point, k) => {
    const exactly = last && k === kept.length - 1 ? last : null
    const [from, scale] = [weights.subarray(k * many, (k + 1) * many), scales.subarray(k * parts, (k + 1) * parts)]
    return { ...curve[point], layers: () => layersOf(recipe, exactly ?? from, exactly ? null : scale) }
  })
  return { steps, held, recipe, curve, moments }
}

/**
 * @param {number} step
 * @param {ArrayLike<number>} row epoch, two losses, two shares read correctly, and one for each digit
 * @returns {Marks}
 */
function marksOf(step, row) {
  const [epoch, lossTraining, lossValidation, training, validation, ...byDigit] = Array.from(row)
  return { step, epoch, loss: [lossTraining, lossValidation], right: [training, validation], byDigit }
}

/**
 * @param {Recipe} recipe
 * @param {ArrayLike<number>} numbers
 * @param {ArrayLike<number> | null} scales of W1, b1, W2, b2 and so on
 * @returns {Layer[]}
 */
function layersOf({ sizes, hidden, output }, numbers, scales) {
  let at = 0, part = 0
  const next = (/** @type {number} */ many) => {
    const found = new Float32Array(many), scale = scales ? scales[part] : 1
    for (let i = 0; i < many; i++) found[i] = numbers[at + i] * scale
    at += many
    part += 1
    return found
  }
  return sizes.slice(1).map((count, k) => (
    { W: next(sizes[k] * count), b: next(count), activation: k === sizes.length - 2 ? output : hidden, leak: LEAK }
  ))
}
