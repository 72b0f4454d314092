// @ts-check
// Maps as Python packs them, read once.

import { SIDE } from "../../live/constants.js"

/** @import { Packed } from "./talk.d.ts" */

/** @type {WeakMap<Packed, Float32Array[]>} */
const read = new WeakMap()

/**
 * @param {Packed} packed
 * @returns {Float32Array[]} each of 784 numbers
 */
export function unpack(packed) {
  const found = read.get(packed)
  if (found) return found
  const bytes = Uint8Array.from(atob(packed.levels), (c) => c.charCodeAt(0)), levels = new Int16Array(bytes.buffer)
  const each = SIDE * SIDE
  const maps = Array.from({ length: packed.count }, (_, k) =>
    Float32Array.from(levels.subarray(k * each, (k + 1) * each), (level) => level * packed.unit))
  read.set(packed, maps)
  return maps
}

/** @param {ArrayLike<number>[]} maps the end of their common scale */
export function limitOf(maps) {
  let most = 0
  for (const map of maps) for (let i = 0; i < map.length; i++) most = Math.max(most, Math.abs(map[i]))
  return most || 1
}
