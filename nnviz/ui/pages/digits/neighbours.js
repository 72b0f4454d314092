// @ts-check
// Finds the test digits nearest to the drawing in a layer, as `nearest` in nnviz/study/confusion.py, with the digits'
// own pixels, which the browser fetches once, and the network that is there already.

import { TEST_DIGITS } from "../../live/constants.js"
import { forward, scaled } from "../../live/numbers.js"

/** @import { Network, Numbers } from "../../live/types.d.ts" */
/** @typedef {{ k: number, apart: number }} Near */

const LABELS = 10_000, PIXELS = 784 // the bytes that stand first, and those of a picture
const AT_ONCE = 400 // pictures that are run through the network in one go

/**
 * The nearest of n rows of numbers to some others, the nearest first; of equally near ones that of the lower number.
 * @param {number} n
 * @param {number} many
 * @param {(k: number) => number} squared distance
 * @returns {Near[]}
 */
export function nearest(n, many, squared) {
  const found = /** @type {Near[]} */ ([])
  for (let k = 0; k < n; k++) {
    const apart = squared(k)
    if (found.length === many && apart >= found[many - 1].apart) continue
    let at = found.length
    while (at && found[at - 1].apart > apart) at--
    found.splice(at, 0, { k, apart })
    if (found.length > many) found.pop()
  }
  return found.map(({ k, apart }) => ({ k, apart: Math.sqrt(apart) }))
}

/**
 * What each grey becomes when a network reads it.
 * @param {Network} network
 */
const greys = (network) => scaled(network, Float32Array.from({ length: 256 }, (_, grey) => grey / 255))

/**
 * The activations of a layer for pictures `from` up to `to`, each row by row.
 * @param {Network} network
 * @param {Uint8Array} pixels
 * @param {number} layer
 * @param {number} from
 * @param {number} to
 */
export function activationsOf(network, pixels, layer, from, to) {
  const layers = network.layers.slice(0, layer), size = layers[layer - 1].b.length, table = greys(network)
  const out = new Float32Array(size * (to - from)), x = new Float32Array(PIXELS)
  for (let k = from; k < to; k++) {
    for (let i = 0; i < PIXELS; i++) x[i] = table[pixels[k * PIXELS + i]]
    out.set(forward(layers, x).activations[layer], size * (k - from))
  }
  return out
}

export class Neighbours {
  /** @type {Uint8Array | undefined} */
  pixels
  /** @type {Promise<void> | undefined} */
  coming
  key = ""
  /** @type {Float32Array | undefined} of `key`: network and layer */
  activations
  stop = new AbortController()

  /** Fetch the pictures, once. */
  load() {
    this.coming ??= fetch(TEST_DIGITS, { signal: this.stop.signal })
      .then(async (found) => {
        if (!found.ok) throw new Error(`${found.status}`)
        this.pixels = new Uint8Array(await found.arrayBuffer()).subarray(LABELS)
      })
      .catch((error) => {
        if (!this.stop.signal.aborted) console.info(`nnviz: the nearest follow after each stroke, not during it: ${error}`)
      })
    return this.coming
  }

  leave() {
    this.stop.abort()
    this.key = ""
  }

  /**
   * Run all pictures through the network, a few at a time, so that no stroke waits for it.
   * @param {Network} network
   * @param {number} layer
   * @param {number} count of pictures
   */
  async prepare(network, layer, count) {
    const key = `${layer} ${count} ${network.key}`
    if (!this.pixels || this.key === key) return
    this.key = key
    this.activations = undefined
    if (!layer) return
    const all = new Float32Array(count * network.layers[layer - 1].b.length)
    for (let from = 0; from < count; from += AT_ONCE) {
      const to = Math.min(count, from + AT_ONCE)
      all.set(activationsOf(network, this.pixels, layer, from, to), from * all.length / count)
      await new Promise((later) => setTimeout(later))
      if (this.key !== key) return
    }
    this.activations = all
  }

  /**
   * The nearest in the layer that was prepared; nothing yet, if it is not ready.
   * @param {Network} network
   * @param {Numbers} mine
   * @param {number} layer
   * @param {number} count
   * @param {number} many
   */
  find(network, mine, layer, count, many) {
    const { pixels, activations } = this, size = mine.length
    if (!pixels || this.key !== `${layer} ${count} ${network.key}`) return undefined
    if (layer && !activations) return undefined
    if (activations) {
      return nearest(count, many, (k) => {
        let sum = 0
        for (let i = 0, at = k * size; i < size; i++, at++) sum += (activations[at] - mine[i]) ** 2
        return sum
      })
    }
    const table = greys(network)
    return nearest(count, many, (k) => {
      let sum = 0
      for (let i = 0, at = k * PIXELS; i < PIXELS; i++, at++) sum += (table[pixels[at]] - mine[i]) ** 2
      return sum
    })
  }
}
