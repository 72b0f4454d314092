// @ts-check
// The numbers of the live part: the same as nnviz/ink.py, preparation.py, network.py, activations.py and
// attribution.add_up, which stay the authority. tests/browser/test_two_languages.py holds both languages to the same results.

import { BOX, CENTRE, FAINT, SIDE } from "./constants.js"

/** @import { Layer, Network, Numbers, Pass, Place, Range } from "./types.d.ts" */
/** @typedef {{ first: number, shares: number[] }} Covered */

/** @param {number} value */
const quantize = (value) => Math.round(Math.min(1, Math.max(0, value)) * 255) / 255

/**
 * Which cells of a line of n each of the intervals between `borders` covers, and how much.
 * @param {number[]} borders
 * @param {number} n
 */
function averages(borders, n) {
  return Array.from({ length: borders.length - 1 }, (_, i) => {
    const [low, high] = [borders[i], borders[i + 1]]
    const first = Math.max(0, Math.floor(low)), last = Math.min(n, Math.ceil(high))
    const shares = /** @type {number[]} */ ([])
    for (let c = first; c < last; c++) shares.push((Math.min(high, c + 1) - Math.max(low, c)) / (high - low))
    return { first, shares }
  })
}

/**
 * @param {ArrayLike<number>} ink
 * @param {number} width
 * @param {Covered[]} R
 * @param {Covered[]} C
 */
function resample(ink, width, R, C) {
  const out = new Float64Array(R.length * C.length)
  R.forEach(({ first: top, shares: rows }, i) => rows.forEach((row, r) => {
    const line = (top + r) * width
    C.forEach(({ first: left, shares }, j) => {
      let sum = 0
      for (let c = 0; c < shares.length; c++) sum += shares[c] * ink[line + left + c]
      out[i * C.length + j] += row * sum
    })
  }))
  return out.map(quantize)
}

/**
 * @param {Numbers} profile
 * @param {number} start
 * @param {number} end
 * @param {number} step
 * @param {number} side
 */
function centred(profile, start, end, step, side) {
  let mass = 0, moment = 0
  profile.forEach((p, i) => { mass += p; moment += p * (i + 0.5) })
  const shift = Math.min(side - end / step, Math.max(-start / step, (CENTRE + 0.5) * side / SIDE - moment / mass / step))
  return averages(Array.from({ length: side + 1 }, (_, i) => (i - shift) * step), profile.length)
}

/**
 * From height * width numbers in 0..1, row by row, to as many as the shape has, in 0..1 in steps of 1/255.
 * @param {ArrayLike<number>} ink
 * @param {number} height
 * @param {number} width
 * @param {readonly [number, number]} [shape]
 * @param {number} [share] the long side of the ink, of the picture's short side
 */
export function normalize(ink, height, width, [tall, wide] = [SIDE, SIDE], share = BOX / SIDE) {
  const rows = new Float64Array(height), columns = new Float64Array(width)
  const inRow = new Float64Array(height), inColumn = new Float64Array(width) // the strongest there
  for (let r = 0, i = 0; r < height; r++) for (let c = 0; c < width; c++, i++) {
    const value = ink[i]
    if (!value) continue
    rows[r] += value
    columns[c] += value
    if (value > inRow[r]) inRow[r] = value
    if (value > inColumn[c]) inColumn[c] = value
  }
  const faint = FAINT * Math.max(...inRow), strong = (/** @type {number} */ value) => value > faint
  const [top, left] = [inRow.findIndex(strong), inColumn.findIndex(strong)]
  if (top < 0) return new Float64Array(tall * wide)
  const [bottom, right] = [inRow.findLastIndex(strong) + 1, inColumn.findLastIndex(strong) + 1]
  const step = Math.max(bottom - top, right - left) / (share * Math.min(tall, wide))
  return resample(ink, width, centred(rows, top, bottom, step, tall), centred(columns, left, right, step, wide))
}

/**
 * The same drawing merely averaged down.
 * @param {ArrayLike<number>} ink
 * @param {number} height
 * @param {number} width
 * @param {readonly [number, number]} [shape]
 */
export function shrink(ink, height, width, [tall, wide] = [SIDE, SIDE]) {
  const even = (/** @type {number} */ n, /** @type {number} */ side) =>
    averages(Array.from({ length: side + 1 }, (_, i) => i * n / side), n)
  return resample(ink, width, even(height, tall), even(width, wide))
}

/**
 * Prepare a drawing for a network, as Preparation.apply in preparation.py.
 * @param {Network} network
 * @param {ArrayLike<number>} ink
 * @param {number} height
 * @param {number} width
 */
export function prepare(network, ink, height, width) {
  const { place, shape } = network
  if (place === "as drawn") return scaled(network, shrink(ink, height, width, shape))
  return scaled(network, normalize(ink, height, width, shape, place === "filling" ? 1 : BOX / SIDE))
}

/**
 * Turn a picture, 0..1, into the numbers the network reads: in float32, as Preparation.scaled.
 * @param {Network} network
 * @param {Numbers} picture
 * @returns {Numbers}
 */
export function scaled({ inverted, mean, deviation }, picture) {
  if (!inverted && mean === 0 && deviation === 1) return picture
  const [m, d] = [Math.fround(mean), Math.fround(deviation)]
  return Float32Array.from(picture, (p) => Math.fround((inverted ? Math.fround(1 - Math.fround(p)) : Math.fround(p)) - m) / d)
}

/**
 * Whether a network was given blank paper.
 * @param {Network} network
 * @param {Numbers} x
 */
export function isBlank(network, x) {
  const [paper] = scaled(network, new Float32Array(1))
  return x.every((value) => value === paper)
}

/** @param {number} z */
export const sigmoid = (z) => 1 / (1 + Math.exp(-z))

/**
 * What a layer's neurons make of their sums.
 * @param {Layer} layer
 * @param {Float64Array} z
 * @returns {Float64Array}
 */
export function activate({ activation, leak }, z) {
  if (activation === "sigmoid") return z.map(sigmoid)
  if (activation === "tanh") return z.map(Math.tanh)
  if (activation === "relu") return z.map((s) => Math.max(s, 0))
  if (activation === "leaky relu") return z.map((s) => (s > 0 ? s : leak * s))
  if (activation === "identity") return z.slice()
  if (activation !== "softmax") throw new Error(`the activation ${activation} is not known here`)
  const most = z.reduce((a, b) => Math.max(a, b)), powers = z.map((s) => Math.exp(s - most))
  const sum = powers.reduce((a, b) => a + b)
  return powers.map((power) => power / sum)
}

/**
 * The weighted sums plus bias of a layer. Inputs of 0, most of a picture's and half of a ReLU's, are passed over.
 * @param {Layer} layer
 * @param {Numbers} a
 */
function sums({ W, b }, a) {
  const n = a.length, lit = new Int32Array(n), values = new Float64Array(n), z = new Float64Array(b.length)
  let many = 0
  for (let i = 0; i < n; i++) {
    if (a[i] === 0) continue
    lit[many] = i
    values[many++] = a[i]
  }
  for (let k = 0, at = 0; k < z.length; k++, at += n) {
    let sum = b[k]
    for (let i = 0; i < many; i++) sum += W[at + lit[i]] * values[i]
    z[k] = sum
  }
  return z
}

/**
 * Run an input through the layers, whose weights stand row by row. The neurons of `out` pass on 0, as in surgery.without.
 * @param {Layer[]} layers
 * @param {Numbers} x
 * @param {Place[]} [out]
 * @returns {Pass}
 */
export function forward(layers, x, out = []) {
  const activations = [x], zs = /** @type {Numbers[]} */ ([])
  let a = x
  for (const layer of layers) {
    const z = sums(layer, a)
    zs.push(z)
    a = activate(layer, z)
    for (const [number, k] of out) if (number === zs.length) a[k] = 0
    activations.push(a)
  }
  return { zs, activations, lost: out.filter(([number]) => number === layers.length).map(([, k]) => k) }
}

/**
 * The ends of a layer's one scale, as `limits` in figures/style.py.
 * @param {Range} range
 * @param {Numbers} values
 * @returns {[low: number, high: number]}
 */
export function limits([low, high], values) {
  let end = high ?? 0
  if (high === null) for (const value of values) end = Math.max(end, Math.abs(value))
  if (high === null) end ||= 1
  return [low ?? -end, end]
}

/**
 * The brightest output neuron, as Trace.prediction in network.py: of equally bright ones that of the largest z.
 * @param {Pass} pass
 */
export function brightest({ zs, activations, lost }) {
  const a = activations[activations.length - 1], z = zs[zs.length - 1], left = [...a.keys()].filter((k) => !lost.includes(k))
  if (!left.length) left.push(...a.keys()) // all of them
  const most = Math.max(...left.map((k) => a[k]))
  return left.filter((k) => a[k] === most).reduce((best, k) => (z[k] > z[best] ? k : best))
}

const POINT = 1074n
/**
 * A number times 10 ** digits as an integer of units of 2 ** -1074, the smallest of a double: exactly.
 * @param {number} value
 * @param {number} digits
 */
function exactly(value, digits) {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0]
  const exponent = (bits >> 52n) & 0x7ffn, fraction = bits & 0xfffffffffffffn
  const size = exponent ? (fraction | (1n << 52n)) << (exponent - 1n) : fraction
  return (bits >> 63n ? -size : size) * 10n ** BigInt(digits)
}

/**
 * Round to an integer, half to even, as Python does.
 * @param {bigint} exact
 */
function halfToEven(exact) {
  const up = (exact + (1n << (POINT - 1n))) >> POINT
  return 2n * exact === ((2n * up - 1n) << POINT) && up & 1n ? up - 1n : up
}

/**
 * Round parts to `digits` so that they add up to the rounded total, as attribution.add_up does.
 * @param {number[]} parts
 * @param {number} total
 * @param {number} digits
 */
export function addUp(parts, total, digits) {
  const exact = parts.map((part) => exactly(part, digits)), units = exact.map((part) => part >> POINT)
  const shown = halfToEven(exactly(total, digits)), many = BigInt(parts.length)
  const missing = shown - units.reduce((a, b) => a + b), few = ((missing % many) + many) % many
  const left = exact.map((part, k) => part - (units[k] << POINT))
  const byRemainder = units.map((_, k) => k).sort((a, b) => Number(left[a] < left[b]) - Number(left[a] > left[b]))
  byRemainder.forEach((k, place) => {
    units[k] += (missing - few) / many + (place < few ? 1n : 0n)
  })
  return [...units, shown].map((u) => Number(u) / 10 ** digits)
}

/**
 * Write a number to `digits` decimals as neuron.signed does: rounded half to even, a real minus sign, no minus zero.
 * @param {number} value
 * @param {number} digits
 */
export function signed(value, digits) {
  return (Number(halfToEven(exactly(value, digits))) / 10 ** digits).toFixed(digits).replace("-", "−")
}

/** @param {string} base64 */
export function decode(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}
