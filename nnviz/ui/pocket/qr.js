// @ts-check
// A link as a QR code, for another phone's camera: bytes, the lowest level of correction, the mask that reads best.
// ISO/IEC 18004. The app has segno for it; this page has no Python.

/** Of each version from 1 on, at level L: bytes of correction in a block, and how many blocks. */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, ...Array(14).fill(30)]
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25]
/** @type {((row: number, column: number) => boolean)[]} */
const MASKS = [
  (r, c) => (r + c) % 2 === 0, (r) => r % 2 === 0, (_, c) => c % 3 === 0, (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0, (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
]

/**
 * @param {string} text of at most 2,953 bytes
 * @returns {boolean[][]} the dark squares, row by row
 */
export function code(text) {
  const bytes = new TextEncoder().encode(text), version = fitting(bytes.length), size = 4 * version + 17
  const { dark, fixed } = frame(version, size)
  fill(dark, fixed, codewords(bytes, version), size)
  const masked = MASKS.map((mask, n) => {
    const every = dark.map((line, r) => line.map((on, c) => (fixed[r][c] ? on : on !== mask(r, c))))
    return format(every, n, size)
  })
  const bad = masked.map(trouble)
  return masked[bad.indexOf(Math.min(...bad))]
}

/** @param {number} version */
function total(version) {
  const many = version > 1 ? Math.floor(version / 7) + 2 : 0
  const taken = many ? (25 * many - 10) * many - 55 : 0
  return Math.floor(((16 * version + 128) * version + 64 - taken - (version > 6 ? 36 : 0)) / 8)
}

/** @param {number} version */
const room = (version) => total(version) - CORRECTION[version - 1] * BLOCKS[version - 1]

/** @param {number} length */
function fitting(length) {
  for (let version = 1; version <= 40; version++) if (length + (version < 10 ? 2 : 3) <= room(version)) return version
  throw new Error(`${length} bytes are too many for a code`)
}

// ---- the bytes and their correction

const EXP = new Uint8Array(510), LOG = new Uint8Array(256)
for (let k = 0, x = 1; k < 255; k++, x = (x << 1) ^ (x & 128 ? 0x11d : 0)) {
  EXP[k] = EXP[k + 255] = x
  LOG[x] = k
}

/**
 * @param {number[]} data
 * @param {number} many
 */
function correction(data, many) {
  let divisor = [1]
  for (let k = 0; k < many; k++) {
    divisor = [...divisor, 0].map((value, n) => value ^ (n && divisor[n - 1] ? EXP[LOG[divisor[n - 1]] + k] : 0))
  }
  const rest = [...data, ...Array(many).fill(0)]
  data.forEach((_, at) => {
    const first = rest[at]
    if (first) divisor.forEach((value, n) => { rest[at + n] ^= value ? EXP[LOG[value] + LOG[first]] : 0 })
  })
  return rest.slice(data.length)
}

/**
 * @param {Uint8Array} bytes
 * @param {number} version
 */
function codewords(bytes, version) {
  const long = version >= 10, length = bytes.length, data = [0x40 | (long ? length >> 12 : length >> 4)]
  if (long) data.push((length >> 4) & 255)
  let half = length & 15
  for (const byte of bytes) {
    data.push((half << 4) | (byte >> 4))
    half = byte & 15
  }
  data.push(half << 4)
  for (let pad = 0xec; data.length < room(version); pad ^= 0xec ^ 0x11) data.push(pad)
  const blocks = BLOCKS[version - 1], short = Math.floor(data.length / blocks), longer = data.length % blocks
  const start = (/** @type {number} */ n) => n * short + Math.max(0, n - blocks + longer)
  const parts = Array.from({ length: blocks }, (_, n) => data.slice(start(n), start(n + 1)))
  const checks = parts.map((part) => correction(part, CORRECTION[version - 1]))
  return [...woven(parts, short + 1), ...woven(checks, CORRECTION[version - 1])]
}

/**
 * @param {number[][]} parts
 * @param {number} longest
 */
const woven = (parts, longest) => Array.from({ length: longest }, (_, k) => parts.filter((part) => k < part.length).map((part) => part[k])).flat()

// ---- the squares

/**
 * @param {number} version
 * @param {number} size
 */
function frame(version, size) {
  const grid = () => Array.from({ length: size }, () => /** @type {boolean[]} */ (Array(size).fill(false)))
  const dark = grid(), fixed = grid()
  const put = (/** @type {number} */ row, /** @type {number} */ column, /** @type {boolean} */ on) => {
    if (row < 0 || column < 0 || row >= size || column >= size) return
    dark[row][column] = on
    fixed[row][column] = true
  }
  const around = (/** @type {number} */ row, /** @type {number} */ column, /** @type {number} */ reach, /** @type {number[]} */ light) => {
    for (let r = -reach; r <= reach; r++) for (let c = -reach; c <= reach; c++)
      put(row + r, column + c, !light.includes(Math.max(Math.abs(r), Math.abs(c))))
  }
  for (let k = 0; k < size; k++) {
    put(6, k, k % 2 === 0)
    put(k, 6, k % 2 === 0)
  }
  const places = middles(version, size), last = places.length - 1
  places.forEach((row, a) => places.forEach((column, b) => {
    if (!(a === 0 && (b === 0 || b === last)) && !(a === last && b === 0)) around(row, column, 2, [1])
  }))
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) around(row, column, 4, [2, 4])
  for (let k = 0; k < 8; k++) for (const [r, c] of [[8, k], [k, 8], [8, size - 1 - k], [size - 1 - k, 8]]) put(r, c, false) // for the format
  put(8, 8, false)
  put(8, 6, true)
  put(6, 8, true)
  put(size - 8, 8, true)
  if (version > 6) {
    const bits = version << 12 | remainder(version, 12, 0x1f25)
    for (let k = 0; k < 18; k++) {
      put(Math.floor(k / 3), size - 11 + k % 3, (bits >> k & 1) === 1)
      put(size - 11 + k % 3, Math.floor(k / 3), (bits >> k & 1) === 1)
    }
  }
  return { dark, fixed }
}

/**
 * @param {number} version
 * @param {number} size
 */
function middles(version, size) {
  if (version === 1) return []
  const many = Math.floor(version / 7) + 2, step = version === 32 ? 26 : Math.ceil((4 * version + 4) / (2 * many - 2)) * 2
  return [6, ...Array.from({ length: many - 1 }, (_, k) => size - 7 - (many - 2 - k) * step)]
}

/**
 * @param {number} value
 * @param {number} digits
 * @param {number} divisor
 */
function remainder(value, digits, divisor) {
  let rest = value
  for (let k = 0; k < digits; k++) rest = (rest << 1) ^ (rest >> (digits - 1)) * divisor
  return rest
}

/**
 * @param {boolean[][]} dark
 * @param {boolean[][]} fixed
 * @param {number[]} words
 * @param {number} size
 */
function fill(dark, fixed, words, size) {
  let at = 0
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    for (let k = 0; k < size; k++) for (const column of [right, right - 1]) {
      const row = (right + 1) & 2 ? k : size - 1 - k
      if (fixed[row][column] || at >= 8 * words.length) continue
      dark[row][column] = (words[at >> 3] >> (7 - (at & 7)) & 1) === 1
      at++
    }
  }
}

/**
 * @param {boolean[][]} dark
 * @param {number} mask
 * @param {number} size
 */
function format(dark, mask, size) {
  const value = 1 << 3 | mask, bits = (value << 10 | remainder(value, 10, 0x537)) ^ 0x5412
  const bit = (/** @type {number} */ k) => (bits >> k & 1) === 1
  for (let k = 0; k < 15; k++) {
    if (k < 8) dark[8][size - 1 - k] = bit(k)
    else dark[size - 15 + k][8] = bit(k)
    if (k < 6) dark[k][8] = bit(k)
    else if (k < 8) dark[k + 1][8] = bit(k)
    else if (k === 8) dark[8][7] = bit(k)
    else dark[8][14 - k] = bit(k)
  }
  return dark
}

/**
 * How badly a camera reads it: squares of one colour, lines of it, and what looks like a corner.
 * @param {boolean[][]} dark
 */
function trouble(dark) {
  const columns = dark[0].map((_, c) => dark.map((line) => line[c])), size = dark.length
  let bad = 0, many = 0
  for (const line of [...dark, ...columns]) {
    const text = line.map(Number).join("")
    for (const { length } of text.match(/0{5,}|1{5,}/g) ?? []) bad += length - 2
    bad += 40 * (text.match(/(?=10111010000|00001011101)/g)?.length ?? 0)
  }
  dark.forEach((line, r) => line.forEach((on, c) => {
    many += Number(on)
    if (r && c && on === line[c - 1] && on === dark[r - 1][c] && on === dark[r - 1][c - 1]) bad += 3
  }))
  return bad + 10 * Math.floor(Math.abs(many / size ** 2 - 0.5) * 20)
}
