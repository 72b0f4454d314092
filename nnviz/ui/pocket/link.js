// @ts-check
// The page's state in its address, behind the #, in the words of the app's own links. A picture is packed as
// nnviz/export/link.py packs it: deflated greys behind their checksum.

import { SIDE } from "../live/constants.js"

/** @import { Numbers, Place } from "../live/types.d.ts" */
/** @typedef {{ network: string, layer: number, neuron: number | undefined, out: Place[], drawing: string }} State */

const VERSION = "1.", LONGEST = 1200 // characters of a picture

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {CompressionStream | DecompressionStream} through
 */
async function passed(bytes, through) {
  const out = new Blob([bytes]).stream().pipeThrough(through)
  return new Uint8Array(await new Response(out).arrayBuffer())
}

/**
 * Write a picture, 0..1, as text; none when it is blank, or the browser cannot pack it.
 * @param {Numbers} picture
 */
export async function encode(picture) {
  if (!picture.some(Boolean) || typeof CompressionStream === "undefined") return ""
  const packed = await passed(Uint8Array.from(picture, (p) => Math.round(255 * p)), new CompressionStream("deflate"))
  const bytes = new Uint8Array(4 + packed.length)
  new DataView(bytes.buffer).setUint32(0, crc32(packed))
  bytes.set(packed, 4)
  const text = btoa(String.fromCharCode(...bytes)).replace(/=+$/, "")
  return VERSION + text.replaceAll("+", "-").replaceAll("/", "_")
}

/**
 * Read a picture written by `encode` or by the app. Anything else is an error.
 * @param {string} text
 */
export async function decode(text) {
  if (text.length > LONGEST || !/^1\.[A-Za-z0-9_-]+$/.test(text)) throw new Error("it is no drawing")
  const body = atob(text.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"))
  const bytes = Uint8Array.from(body, (c) => c.charCodeAt(0)), packed = bytes.slice(4)
  if (bytes.length < 5 || new DataView(bytes.buffer).getUint32(0) !== crc32(packed)) throw new Error("it is damaged")
  const levels = await passed(packed, new DecompressionStream("deflate"))
  if (levels.length !== SIDE * SIDE) throw new Error("it is of another size")
  return Float64Array.from(levels, (level) => level / 255)
}

/** @param {string} text */
export function read(text) {
  const given = new URLSearchParams(text.replace(/^#/, ""))
  const whole = (/** @type {string} */ name) => (/^\d{1,4}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : undefined)
  const places = [...(given.get("out") ?? "").matchAll(/(\d{1,2})\.(\d{1,4})/g)]
  return {
    network: given.get("network") ?? undefined, layer: whole("layer"), neuron: whole("neuron"),
    out: places.map(([, layer, k]) => /** @type {Place} */ ([Number(layer), Number(k)])), drawing: given.get("drawing") ?? "",
  }
}

/**
 * Write the state; what a page shows at first is left out, and a neuron that nobody has chosen. `query` is what chooses the network.
 * @param {State} state
 * @param {string} query
 */
export function write({ layer, neuron, out, drawing }, query) {
  const said = new URLSearchParams(query)
  if (layer !== 1) said.set("layer", String(layer))
  if (neuron !== undefined) said.set("neuron", String(neuron))
  if (out.length) said.set("out", out.map((place) => place.join(".")).sort().join(","))
  if (drawing) said.set("drawing", drawing)
  return said.toString().replaceAll("%2C", ",")
}
