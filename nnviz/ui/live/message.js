// @ts-check
// What Python's `follow_pen` sends, read: see `message` in live.py.

/** @import { Layer, Network, Numbers } from "./types.d.ts" */
/** @typedef {Omit<Network, "layers"> & { sizes: number[], activations: string[], leaks: number[] }} Described */
/** @typedef {{ network: Described, input: number, edition: number, layer: number, neuron: number, told: boolean, counts: boolean }} Header */
/** @typedef {Omit<Header, "network" | "input"> & { network: Network, x: Numbers | null, renewed: boolean }} Message */

/**
 * @param {Uint8Array} bytes
 * @param {Network} [before] whose weights are not read again if it is the same
 * @returns {Message}
 */
export function read(bytes, before) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const { network, input, ...more } = header, start = 4 + length, key = JSON.stringify(network)
  const numbers = (/** @type {number} */ from, /** @type {number} */ to) => new Float32Array(bytes.slice(from, to).buffer)
  const x = input ? numbers(start, start + 4 * input) : null
  if (before?.key === key) return { ...more, network: before, x, renewed: false }
  return { ...more, network: { ...network, key, layers: layers(network, numbers(start + 4 * input, bytes.length)) }, x, renewed: true }
}

/**
 * The layers; none if they are too large to be sent.
 * @param {Described} network
 * @param {Float32Array} numbers
 * @returns {Layer[]}
 */
function layers({ sizes, activations, leaks }, numbers) {
  let at = 0
  if (!numbers.length) return []
  const next = (/** @type {number} */ many) => {
    at += many
    return numbers.subarray(at - many, at)
  }
  return activations.map((activation, k) => (
    { W: next(sizes[k] * sizes[k + 1]), b: next(sizes[k + 1]), activation, leak: leaks[k] }
  ))
}
