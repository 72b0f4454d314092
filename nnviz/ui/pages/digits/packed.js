// @ts-check
// A message of Python's, taken apart: `packed` in packed.py.

/**
 * The header's text; `next` gives so many bytes of what follows, from where the last ones ended, and `rest` all others.
 * @param {Uint8Array} data
 */
export function unpack(data) {
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true)
  const text = new TextDecoder().decode(data.subarray(4, 4 + length))
  let at = 4 + length + (-length & 3)
  const next = (/** @type {number} */ size) => {
    const from = at
    at += size + (-size & 3)
    return data.slice(from, from + size).buffer
  }
  return { text, next, rest: () => data.slice(at) }
}
