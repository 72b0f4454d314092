// @ts-check
// Finds the pictures nearest to the drawing in a layer, as `nearest` in nnviz/study/confusion.py, with their own pixels,
// the test digits' or a visitor's, and the network that is there already.

import { pictures } from "../../live/digits.js"
import { forward, scaled } from "../../live/numbers.js"

/** @import { Network, Numbers } from "../../live/types.d.ts" */
/** @typedef {{ k: number, apart: number }} Near */

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
 * What each grey becomes when a network reads it. A visitor's own are as it was taught with them, dark ink on white or not.
 * @param {Network} network
 * @param {boolean} own
 */
const greys = (network, own) => scaled(own ? { ...network, inverted: false } : network, Float32Array.from({ length: 256 }, (_, grey) => grey / 255))

/**
 * The activations of a layer for pictures `from` up to `to`, each row by row.
 * @param {Network} network
 * @param {Uint8Array} pixels
 * @param {Numbers} table what each grey becomes
 * @param {number} layer
 * @param {number} from
 * @param {number} to
 */
function activationsOf(network, pixels, table, layer, from, to) {
  const layers = network.layers.slice(0, layer), size = layers[layer - 1].b.length
  const many = layers[0].W.length / layers[0].b.length
  const out = new Float32Array(size * (to - from)), x = new Float32Array(many)
  for (let k = from; k < to; k++) {
    for (let i = 0; i < many; i++) x[i] = table[pixels[k * many + i]]
    out.set(forward(layers, x).activations[layer], size * (k - from))
  }
  return out
}

export class Neighbours {
  /** @type {Uint8Array | undefined} */
  pixels
  key = ""
  /** @type {Float32Array | undefined} of `key`: network and layer */
  activations
  own = false // whether they are a visitor's

  /**
   * Take a visitor's own pictures, or fetch the test digits, once.
   * @param {Uint8Array | undefined} own
   */
  async load(own) {
    if (this.own || own) this.key = ""
    this.own = !!own
    if (own) {
      this.pixels = own
      return
    }
    try {
      const found = await pictures()
      if (!this.own) this.pixels = found // a visitor's came meanwhile
    } catch (error) {
      console.info(`nnviz: the nearest follow after each stroke, not during it: ${error}`)
    }
  }

  leave() {
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
    const table = greys(network, this.own), all = new Float32Array(count * network.layers[layer - 1].b.length)
    for (let from = 0; from < count; from += AT_ONCE) {
      const to = Math.min(count, from + AT_ONCE)
      all.set(activationsOf(network, this.pixels, table, layer, from, to), from * all.length / count)
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
    const table = greys(network, this.own)
    return nearest(count, many, (k) => {
      let sum = 0
      for (let i = 0, at = k * size; i < size; i++, at++) sum += (table[pixels[at]] - mine[i]) ** 2
      return sum
    })
  }
}
