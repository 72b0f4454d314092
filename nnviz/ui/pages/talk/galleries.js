// @ts-check
// Whole layers: their maps, and what was measured on them as dots beside chance.

import { ACCENT, BLUE } from "../../live/constants.js"
import { showCode, showVotes } from "./ballot.js"
import { limitOf, unpack } from "./maps.js"
import { ease, mix, rgba } from "./stage.js"

/** @import { Stage, Box } from "./stage.js" */
/** @import { Picture, Separation, Strip } from "./talk.d.ts" */

const GREY = [128, 132, 145]

/**
 * Where the maps of a gallery stand.
 * @param {Box} box
 * @param {number} count
 * @param {number} columns
 * @returns {Box[]}
 */
function cells({ x, y, w, h }, count, columns) {
  const gap = Math.max(2, w * 0.008), side = Math.min(w / columns, h / Math.ceil(count / columns)), left = x + (w - side * columns) / 2
  return Array.from({ length: count }, (_, k) => ({
    x: left + (k % columns) * side + gap, y: y + Math.floor(k / columns) * side + gap, w: side - 2 * gap, h: side - 2 * gap,
  }))
}

/**
 * @param {Stage} s
 * @param {Float32Array[]} maps
 * @param {Box[]} places
 * @param {number} [t]
 */
function gallery(s, maps, places, t = 9) {
  const limit = limitOf(maps)
  maps.forEach((map, k) => s.signed(map, places[k], limit, { fixed: true, alpha: ease(t, 0.03 * k, 0.3) }))
}

/**
 * @param {Box} from
 * @param {Box} to
 * @param {number} u
 * @returns {Box}
 */
function between(from, to, u) {
  return { x: mix(from.x, to.x, u), y: mix(from.y, to.y, u), w: mix(from.w, to.w, u), h: mix(from.h, to.h, u) }
}

/** The maps that were trained for right answers alone, and how much of each the best edge explains. @type {Picture} */
export function plain(s, { t, needs }) {
  const { size, width: W, height: H } = s, tall = H > W
  const side = tall ? Math.min(W, H * 0.52) : Math.min(H, W * 0.42)
  const maps = unpack(needs.maps)
  gallery(s, maps, cells({ x: 0, y: 0, w: tall ? W : side, h: side }, maps.length, 4), t)
  const room = tall ? { x: 0, y: side + size * 0.5, w: W, h: H - side - size * 0.5 } : { x: side + size, y: 0, w: W - side - size, h: H }
  strips(s, room, needs.strips, false)
  return t < 0.9
}

/**
 * Strips of dots, one above the other: a dot a map, grey what equally smooth noise reaches, from its middle to its best 5 %.
 * @param {Stage} s
 * @param {Box} box
 * @param {Strip[]} all
 * @param {boolean} short
 */
export function strips(s, { x, y, w, h }, all, short) {
  const { size } = s, each = h / all.length
  all.forEach((strip, n) => {
    const head = y + n * each, top = head + size * (short ? 2 : 3.4), bottom = head + each - size * 1.1, left = x + size * 2.8
    const at = (/** @type {number} */ share) => mix(bottom, top, share), step = (x + w - left) / strip.explained.length
    const found = `${strip.ahead.filter(Boolean).length} of ${strip.ahead.length} ahead of noise`
    s.text(short ? `${strip.name}: ${found}` : "explained by the best edge", x + w / 2, head + size * 0.7, { bold: true })
    if (!short) s.text(`${found} (grey)`, x + w / 2, head + size * 2.1)
    for (const [share, word] of /** @type {const} */ ([[0, "0"], [0.5, "50 %"], [1, "100 %"]])) {
      s.line(left, at(share), x + w, at(share), rgba(GREY, 0.5), 1.5)
      s.text(word, left - size * 0.3, at(share), { anchor: "end" })
    }
    strip.explained.forEach((share, k) => {
      const cx = left + (k + 0.5) * step, r = Math.min(step * 0.36, size * 0.36)
      s.line(cx, at(strip.half[k]), cx, at(strip.most[k]), rgba(GREY, 0.6), r * 1.5)
      s.disc(cx, at(share), r, strip.ahead[k] ? ACCENT : "transparent", ACCENT, 3.5)
    })
  })
}

/**
 * Two galleries: which one is learned? That is said at once, and they make room for what the learned one tells apart.
 * @type {Picture}
 */
export function together(s, { t, told, needs, votes, code }) {
  const { size, width: W, height: H } = s, answered = told >= 0, u = answered ? ease(told, 0, 0.8) : 0, tall = H > W
  const side = tall ? Math.min(H * 0.44, W * 0.8) : Math.min(H - size * 1.7, W * 0.385)
  const boxes = tall
    ? [{ x: (W - side) / 2, y: size * 0.2, w: side, h: side }, { x: (W - side) / 2, y: H - side, w: side, h: side }]
    : [{ x: 0, y: size * 1.6, w: side, h: side }, { x: W - side, y: size * 1.6, w: side, h: side }]
  const w = tall ? W : W * 0.46, high = tall ? H * 0.16 : H / 2 - size * 1.7, every = tall ? high + size * 1.6 : H / 2
  for (const [k, maps] of [unpack(needs.a), unpack(needs.b)].entries()) {
    const letter = k ? "B" : "A", box = boxes[k], learned = answered && letter === needs.learned, end = { x: 0, y: k * every + size * 1.5, w, h: high }
    const asked = cells(box, maps.length, 4), beside = cells(end, maps.length, 8)
    gallery(s, maps, asked.map((cell, n) => between(cell, beside[n], u)), t)
    const [x, y] = tall ? [box.x - size, box.y + size] : [box.x + side / 2, size * 0.95], said = learned ? "learned" : "shuffled"
    if (!answered) s.text(letter, x, y, { bold: true, size: size * 1.4 })
    else s.text(`${letter}: ${said}`, mix(box.x + side / 2, w / 2, u), mix(y, k * every + size * 0.7, u), { bold: true, kind: learned ? "accent" : "" })
  }
  if (u === 1 && needs.measured) {
    const top = tall ? 2 * every : 0, left = tall ? 0 : w + size
    separation(s, { x: left, y: top, w: W - left, h: H - top }, needs.measured)
  }
  const moves = t < 0.9 || (answered && u < 1)
  if (answered) return moves
  if (tall) return moves
  const middle = { x: side + size * 0.8, y: size * 1.6, w: W - 2 * side - size * 1.6, h: side }
  if (code) showCode(s, { ...middle, y: middle.y, h: middle.w }, code)
  if (votes) for (const [k, letter] of ["A", "B"].entries()) {
    const top = code ? middle.y + middle.w + size : middle.y, room = { x: middle.x + k * middle.w / 2, y: top, w: middle.w / 2, h: H - top - size * 1.4 }
    showVotes(s, room, votes, letter)
    s.text(letter, room.x + room.w * 0.45, H - size * 0.7, { bold: true })
  } else if (!code) s.text("A or B?", W / 2, H / 2, { bold: true, size: size * 1.5 })
  return moves
}

/**
 * For each feature a row: a dot a neuron, further right the more pairs it tells apart; grey where its shuffles lie.
 * @param {Stage} s
 * @param {Box} box
 * @param {Separation} found
 */
function separation(s, { x, y, w, h }, found) {
  const { size } = s, foot = size * 4.1, row = (h - foot) / found.features.length
  const all = [0.5, ...found.own.flat(), ...found.shuffled.flat(2), ...found.single]
  const low = Math.min(...all) - 0.01, high = Math.max(...all) + 0.02
  const at = (/** @type {number} */ share) => mix(x + 8, x + w - 8, (share - low) / (high - low))
  found.features.forEach((feature, f) => {
    const top = y + f * row + size * 1.4, order = [...found.own[f].keys()].sort((a, b) => found.own[f][b] - found.own[f][a])
    const step = (row - size * 1.8) / order.length
    s.text(feature, x + 8, y + f * row + size * 0.6, { anchor: "start", bold: true })
    order.forEach((k, place) => {
      const [least, most] = found.shuffled[f][k], cy = top + (place + 0.5) * step
      s.line(at(least), cy, at(most), cy, rgba(GREY, 0.6), Math.max(2, step * 0.6))
    })
    s.line(at(found.single[f]), top, at(found.single[f]), top + step * order.length, ACCENT, 4, [8, 6])
    order.forEach((k, place) => {
      const ahead = found.ahead[f][k]
      s.disc(at(found.own[f][k]), top + (place + 0.5) * step, ahead ? size * 0.36 : size * 0.22, ahead ? ACCENT : rgba(BLUE, 1), s.ink, ahead ? 3 : 0)
    })
  })
  const bottom = y + h - foot
  s.line(at(0.5), y + size * 1.4, at(0.5), bottom, s.muted, 2, [3, 6])
  const marks = [50, 60, 70, 80, 90, 100].filter((mark) => mark / 100 <= high && (high - low < 0.4 || mark % 20 === 10))
  for (const mark of marks) s.text(`${mark} %`, Math.min(at(mark / 100), x + w - size * 1.5), bottom + size * 0.5)
  s.text("of all pairs told apart; grey: shuffled", x + w / 2, bottom + size * 1.9)
  s.text(`dashed: the best of ${found.before} alone`, x + w / 2, bottom + size * 3.2)
}
