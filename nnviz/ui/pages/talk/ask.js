// @ts-check
// A question to the room: a neuron and four pictures. With the answer the neuron's weights slide over each, and the sums
// fill up. Votes of phones grow beside them; the code that leads phones there takes the neuron's place while it is shown.

import { ACCENT, BLUE, RED } from "../../live/constants.js"
import { signed } from "../../live/numbers.js"
import { showCode, showVotes } from "./ballot.js"
import { strips } from "./galleries.js"
import { limitOf, unpack } from "./maps.js"
import { ease, mix, rgba } from "./stage.js"

/** @import { Stage, Box } from "./stage.js" */
/** @import { Picture } from "./talk.d.ts" */

/**
 * Where everything is: the neuron on the left, the pictures two by two; on a phone the neuron above.
 * @param {Stage} s
 */
function places({ size, width: W, height: H }) {
  const tall = H > W * 0.9, label = size * 1.5
  const side = tall ? Math.min(H * 0.4, W * 0.62) : Math.min(H - label - 2, W * 0.37)
  const own = { x: tall ? (W - side) / 2 : 2, y: label, w: side, h: side }
  const from = tall ? { x: 0, y: label + side + size } : { x: side + size * 1.6, y: 0 }
  const [w, h] = [(W - from.x) / 2, (H - from.y) / 2], each = Math.min(h - size * 0.3, w - size * 4.4)
  const four = [0, 1, 2, 3].map((k) => ({ x: from.x + (k % 2) * w + size * 1.5, y: from.y + Math.floor(k / 2) * h + 2, w: each, h: each }))
  return { own, four, strip: w - each - size * 1.9 }
}

/** @type {Picture} */
export function ask(s, look) {
  const { size } = s, { needs, told, votes, options, code } = look, { own, four, strip } = places(s)
  const answered = told >= 0, [weights] = unpack(needs.weights), pictures = unpack(needs.pictures), limit = limitOf([weights])
  const slid = answered ? ease(told, 0, 0.8) : 0, filled = answered ? ease(told, 0.8, 1) : 0
  if (answered && needs.strips && told > 2.2) strips(s, beside(s, own), needs.strips, true)
  else if (code && !answered) showCode(s, own, code)
  else {
    s.text(needs.called, own.x + own.w / 2, size * 0.6)
    s.signed(weights, own, limit, { fixed: true })
  }
  const range = [Math.min(0, ...needs.sums), Math.max(0, ...needs.sums)]
  const out = size / 7 // how far the winner's frame stands out: on a phone, too, its letter is beside it
  four.forEach((box, k) => {
    const won = answered && filled === 1 && k === needs.best
    s.ink28(pictures[k], box, answered ? mix(1, 0.3, slid) : 1)
    if (answered) {
      const over = { x: mix(own.x, box.x, slid), y: mix(own.y, box.y, slid), w: mix(own.w, box.w, slid), h: mix(own.h, box.h, slid) }
      if (slid < 1) s.signed(weights, over, limit, { alpha: 0.5, fixed: true, framed: false })
      else s.signed(terms(weights, pictures[k]), box, limit, { fixed: true })
    }
    if (won) s.frame({ x: box.x - out, y: box.y - out, w: box.w + 2 * out, h: box.h + 2 * out }, ACCENT, size / 4)
    s.text(options[k], box.x - size * 0.75, box.y + size * 0.9, { size: size * 1.4, bold: true, kind: won ? "accent" : "" })
    const side = { x: box.x + box.w + size * 0.35, y: box.y, w: strip, h: box.h }
    if (answered) showSum(s, side, needs.sums[k], range, filled, won)
    if (votes && !answered) showVotes(s, side, votes, options[k])
    else if (votes?.[options[k]]) s.text(`${votes[options[k]]}`, box.x - size * 0.75, box.y + box.h - size * 0.6, { kind: "muted" })
  })
  return answered && told < 2.4
}

/**
 * The room the neuron leaves to the strips.
 * @param {Stage} s
 * @param {Box} own
 * @returns {Box}
 */
function beside({ width: W, height: H }, own) {
  return H > W * 0.9 ? { x: 0, y: 0, w: W, h: own.y + own.h } : { x: own.x, y: 0, w: own.w, h: H }
}

/** @type {WeakMap<Float32Array, WeakMap<Float32Array, Float32Array>>} so that the same numbers are painted once */
const products = new WeakMap()
/** @param {Float32Array} weights @param {Float32Array} picture */
function terms(weights, picture) {
  const known = products.get(weights) ?? new WeakMap(), found = known.get(picture) ?? weights.map((w, i) => w * picture[i])
  products.set(weights, known.set(picture, found))
  return found
}

/**
 * A column from zero to the sum, with its number.
 * @param {Stage} s
 * @param {Box} box
 * @param {number} value
 * @param {number[]} range
 * @param {number} filled
 * @param {boolean} won
 */
function showSum(s, { x, y, w, h }, value, [low, high], filled, won) {
  const { size } = s, top = y + size * 1.4, bottom = y + h - (low < 0 ? size * 1.4 : 0)
  const at = (/** @type {number} */ v) => mix(bottom, top, (v - low) / Math.max(1e-6, high - low))
  s.line(x, at(0), x + w * 0.9, at(0), s.muted, 3)
  const end = at(value * filled), wide = Math.min(w * 0.5, size * 1.6), cx = x + w * 0.45
  s.fill(cx - wide / 2, at(0), wide, end - at(0), won ? ACCENT : rgba(value < 0 ? RED : BLUE, 0.95))
  s.text(signed(value * filled, 1), cx, value < 0 ? end + size * 0.75 : end - size * 0.7, { bold: true, kind: won ? "accent" : "" })
}
