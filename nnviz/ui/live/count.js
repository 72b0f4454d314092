// @ts-check
// How many of the 10,000 test digits a network reads, while neurons are knocked out and a knob is turned: the same number
// as surgery.cost_of_losing finds. The first layer's sums are kept, and only what changed is computed again.

import { addPixel, GREYS, MANY } from "./digits.js"
import { activate, scaled } from "./numbers.js"

/** @import { Digits, Layer, Network, Numbers, Place, Turned } from "./types.d.ts" */
/** @typedef {{ network: Network, of: string, zs: Float64Array[], passed: Float64Array[] }} Kept */

const FEW = 20 // knobs that are sooner turned than all sums added up

export class Count {
  /** @type {Network | undefined} whose first sums are kept */
  network
  /** @type {Float64Array} of the first layer, digit by digit */
  sums = new Float64Array(0)
  /** @type {Float64Array} what its neurons pass on */
  passed = new Float64Array(0)
  /** @type {Kept | undefined} */
  kept
  inputs = GREYS // what the greys are to the network, less what black is
  black = 0

  /** @param {Digits} digits */
  constructor(digits) {
    this.digits = digits
  }

  /**
   * @param {Network} network
   * @param {Place[]} out knocked out
   * @param {Turned} [turned]
   */
  right(network, out, turned) {
    for (const _ of this.prepare(network)); // all that is left of it
    const { zs } = this.through(network, out), last = network.layers.length
    return right(turned ? this.turn(network, out, turned) : zs[last - 1], this.digits.labels, lostIn(out, last))
  }

  /**
   * What all layers make of all digits; kept, since of a knob's next value only what it changes is computed again.
   * @param {Network} network
   * @param {Place[]} out
   */
  through(network, out) {
    const of = `${out}`
    if (this.kept?.network === network && this.kept.of === of) return this.kept
    const zs = [this.sums], passed = [this.passed]
    network.layers.slice(1).forEach((layer, n) => {
      if (n) passed.push(activate(network.layers[n], zs[n]))
      zs.push(next(layer, passed[n], lostIn(out, n + 1)))
    })
    this.kept = { network, of, zs, passed }
    return this.kept
  }

  /**
   * Add up the first layer's sums, pixel by pixel, if they are not this network's; of one with few other weights only
   * what differs.
   * @param {Network} network
   */
  *prepare(network) {
    if (this.network === network) return
    const before = this.network && alike(this.network, network) ? differing(this.network.layers[0], network.layers[0]) : null
    for (const knob of before ?? []) this.sums = this.turnFirst(knob)
    const sums = before ? this.sums : yield* this.add(network)
    if (!before || before.length) this.passed = activate(network.layers[0], sums)
    this.sums = sums
    this.network = network
  }

  /** @param {Network} network */
  *add(network) {
    const { W, b } = network.layers[0], n = b.length, pixels = W.length / n, greys = scaled(network, GREYS)
    const black = greys[0], inputs = Float64Array.from(greys, (x) => x - black)
    const blank = Float64Array.from(b, (bias, k) => bias + black * total(W, k * pixels, (k + 1) * pixels))
    const sums = new Float64Array(MANY * n), from = new Float64Array(n)
    for (let i = 0; i < MANY; i++) sums.set(blank, i * n)
    for (let p = 0; p < pixels; p++) {
      for (let k = 0; k < n; k++) from[k] = W[k * pixels + p]
      addPixel(this.digits, sums, p, from, inputs)
      yield
    }
    Object.assign(this, { black, inputs })
    return sums
  }

  /**
   * The first layer's sums with one of its knobs turned.
   * @param {Turned} turned
   */
  turnFirst({ neuron, source, value }) {
    const { W, b } = /** @type {Network} */ (this.network).layers[0], n = b.length, sums = this.sums.slice()
    const by = value - (source === null ? b[neuron] : W[neuron * W.length / n + source])
    const always = source === null ? by : by * this.black
    for (let i = neuron; i < sums.length; i += n) sums[i] += always
    if (source !== null) addPixel(this.digits, sums, source, Float64Array.from(b, (_, k) => (k === neuron ? by : 0)), this.inputs)
    return sums
  }

  /**
   * The last layer's sums with a knob turned.
   * @param {Network} network
   * @param {Place[]} out
   * @param {Turned} turned
   */
  turn({ layers }, out, turned) {
    const { zs, passed } = /** @type {Kept} */ (this.kept), at = turned.layer - 1, { neuron } = turned
    if (turned.layer < layers.length && lostIn(out, turned.layer).includes(neuron)) return zs[layers.length - 1]
    const own = at ? turnLater(layers[at], zs[at], passed[at - 1], turned, lostIn(out, at)) : column(this.turnFirst(turned), neuron)
    if (at + 1 === layers.length) return withColumn(zs[at], neuron, own)
    const a = activate(layers[at], own), before = column(passed[at], neuron)
    let z = addColumn(zs[at + 1], layers[at + 1], neuron, a.map((each, i) => each - before[i]))
    for (let n = at + 2; n < layers.length; n++) z = next(layers[n], activate(layers[n - 1], z), lostIn(out, n))
    return z
  }
}

/**
 * Whether two networks' first layers differ in nothing but numbers.
 * @param {Network} one
 * @param {Network} other
 */
function alike(one, other) {
  const about = (/** @type {Network} */ { layers: [{ W, b, activation, leak }], inverted, mean, deviation }) =>
    `${[W.length, b.length, activation, leak, inverted, mean, deviation]}`
  return about(one) === about(other)
}

/**
 * The knobs by which one layer differs from another; null if they are many.
 * @param {Layer} before
 * @param {Layer} after
 * @returns {Turned[] | null}
 */
function differing(before, after) {
  const found = /** @type {Turned[]} */ ([]), pixels = after.W.length / after.b.length
  after.b.forEach((value, k) => { if (value !== before.b[k]) found.push({ layer: 1, neuron: k, source: null, value }) })
  for (let i = 0; i < after.W.length && found.length <= FEW; i++) {
    if (after.W[i] !== before.W[i]) found.push({ layer: 1, neuron: Math.floor(i / pixels), source: i % pixels, value: after.W[i] })
  }
  return found.length <= FEW ? found : null
}

/**
 * @param {Numbers} numbers
 * @param {number} from
 * @param {number} to
 */
function total(numbers, from, to) {
  let sum = 0
  for (let i = from; i < to; i++) sum += numbers[i]
  return sum
}

/**
 * @param {Place[]} out
 * @param {number} layer
 */
const lostIn = (out, layer) => out.filter(([of]) => of === layer).map(([, k]) => k)

/**
 * The sums of a layer on all digits.
 * @param {Layer} layer
 * @param {Float64Array} a
 * @param {number[]} lost of those that send
 */
function next({ W, b }, a, lost) {
  const n = a.length / MANY, many = b.length, z = new Float64Array(MANY * many)
  const weights = Float64Array.from(W, (w, i) => (lost.includes(i % n) ? 0 : w))
  for (let i = 0, from = 0, to = 0; i < MANY; i++, from += n) for (let k = 0, at = 0; k < many; k++) {
    let sum = b[k]
    for (let j = 0; j < n; j++) sum += weights[at++] * a[from + j]
    z[to++] = sum
  }
  return z
}

/**
 * One neuron's numbers, digit by digit.
 * @param {Float64Array} of
 * @param {number} neuron
 */
function column(of, neuron) {
  const n = of.length / MANY
  return Float64Array.from({ length: MANY }, (_, i) => of[i * n + neuron])
}

/**
 * @param {Float64Array} of
 * @param {number} neuron
 * @param {Float64Array} own
 */
function withColumn(of, neuron, own) {
  const n = of.length / MANY, all = of.slice()
  own.forEach((each, i) => { all[i * n + neuron] = each })
  return all
}

/**
 * The sums of a neuron behind the first layer with one of its knobs turned.
 * @param {Layer} layer
 * @param {Float64Array} z
 * @param {Float64Array} a what the layer before passes on
 * @param {Turned} turned
 * @param {number[]} lost of those that send
 */
function turnLater({ W, b }, z, a, { neuron, source, value }, lost) {
  const own = column(z, neuron), n = a.length / MANY
  if (source === null) return own.map((each) => each + value - b[neuron])
  const by = lost.includes(source) ? 0 : value - W[neuron * n + source]
  return own.map((each, i) => each + by * a[i * n + source])
}

/**
 * The sums of a layer when one of those before it passes on so much more.
 * @param {Float64Array} of
 * @param {Layer} layer
 * @param {number} source
 * @param {Float64Array} more
 */
function addColumn(of, { W, b }, source, more) {
  const z = of.slice(), many = b.length, n = W.length / many
  for (let i = 0, at = 0; i < MANY; i++) for (let k = 0; k < many; k++) z[at++] += W[k * n + source] * more[i]
  return z
}

/**
 * Of equally large sums the first one answers; an output that is lost never does.
 * @param {Float64Array} z
 * @param {Uint8Array} labels
 * @param {number[]} lost
 */
function right(z, labels, lost) {
  const n = z.length / MANY, left = [...Array(n).keys()].filter((k) => !lost.includes(k))
  let many = 0
  for (let i = 0; i < MANY; i++) {
    let best = -1
    for (const k of left) if (best < 0 || z[i * n + k] > z[i * n + best]) best = k
    if (best === labels[i]) many++
  }
  return many
}

/**
 * A layer with one of its knobs turned.
 * @param {Layer} layer
 * @param {Turned} turned
 * @returns {Layer}
 */
export function turnedLayer({ W, b, ...more }, { neuron, source, value }) {
  if (source === null) return { ...more, W, b: Float32Array.from(b, (bias, k) => (k === neuron ? value : bias)) }
  const weights = W.slice()
  weights[neuron * W.length / b.length + source] = value
  return { ...more, W: weights, b }
}
