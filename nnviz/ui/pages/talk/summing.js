// @ts-check
// Pictures of one neuron's arithmetic: weights, the sum filling up, the sigmoid bending the axis, the bias as a threshold.

import { ACCENT, BLUE, RED, SIDE } from "../../live/constants.js"
import { addUp, sigmoid, signed } from "../../live/numbers.js"
import { limitOf, unpack } from "./maps.js"
import { ease, mix, rgba, signColour } from "./stage.js"

/** @import { Look, Picture } from "./talk.d.ts" */

/** @param {Look} look the weights into the neuron examined */
function own({ network, neuron, x }) {
  return network.layers[0].W.subarray(neuron * x.length, (neuron + 1) * x.length)
}

/** Eight neurons made by hand, with the drawing over what each looks for. @type {Picture} */
export function hope(s, { t, needs, x }) {
  const { size, width: W, height: H } = s, maps = unpack(needs.maps), limit = limitOf(maps)
  const room = (/** @type {number} */ n) => Math.min(W / n - size * 0.7, H / Math.ceil(maps.length / n) - size * 1.7)
  const across = [2, 3, 4].reduce((best, n) => (room(n) > room(best) ? n : best)), side = room(across)
  const [w, h] = [W / across, Math.min(H / Math.ceil(maps.length / across), side + size * 2.4)]
  maps.forEach((map, k) => {
    const shown = ease(t, 0.08 * k, 0.35), cx = (k % across + 0.5) * w, y = Math.floor(k / across) * h + 4
    const box = { x: cx - side / 2, y, w: side, h: side }
    const a = sigmoid(map.reduce((sum, weight, i) => sum + weight * x[i], needs.bias)), fires = a > 0.5
    s.signed(map, box, limit, { alpha: shown, fixed: true })
    s.cells(x, SIDE, SIDE, box, (ink) => [240, 165, 0, 215 * ink], shown)
    if (fires) s.frame({ x: box.x - 4, y: box.y - 4, w: side + 8, h: side + 8 }, ACCENT, 6)
    s.text(a.toFixed(2), cx, y + side + size * 0.9, { bold: fires, kind: fires ? "accent" : "", size: size * 1.1, alpha: shown })
  })
  return t < 1.2
}

/** 784 lines fly out of a neuron, and their weights are a picture. @type {Picture} */
export function weights(s, look) {
  const { size, width: W, height } = s, w = own(look), limit = limitOf([w]), tall = height > W
  const H = tall ? height - look.below : height, t = Math.min(look.t, look.since)
  const side = tall ? Math.min(W - 4, H - size * 10) : Math.min(H - 4, W * 0.5), box = { x: tall ? (W - side) / 2 : 2, y: 2, w: side, h: side }
  const r = tall ? 1.6 * size : Math.min(side * 0.16, 3 * size), cx = tall ? W / 2 : box.x + side + (W - side) * 0.5, cy = (tall ? side : 0) + r + size
  const out = ease(t, 0.1, 1), gone = ease(t, 1.1, 0.5), cell = side / SIDE
  if (gone < 1) for (let i = 0; i < w.length; i++) {
    const px = box.x + (i % SIDE + 0.5) * cell, py = box.y + (Math.floor(i / SIDE) + 0.5) * cell, share = Math.abs(w[i]) / limit
    const [x, y] = [mix(cx, px, out), mix(cy, py, out)]
    if (share > 0.12) s.line(cx, cy, x, y, signColour(w[i], 0.5 * share * (1 - gone)), 1.5)
    s.fill(x - cell / 2, y - cell / 2, cell, cell, signColour(w[i], share ** 0.7))
  }
  if (gone > 0) s.signed(w, box, limit, { alpha: gone })
  s.frame(box)
  s.disc(cx, cy, r, "transparent", ACCENT, Math.max(4, r / 12))
  s.text(`${look.neuron}`, cx, cy, { size: Math.max(size, r * 0.9), bold: true })
  const y = cy + r + size * (tall ? 1.3 : 2), line = size * (tall ? 1.3 : 1.75), least = Math.min(...w), most = Math.max(...w)
  const said = /** @type {const} */ ([
    [`neuron ${look.neuron}: ${w.length} weights`, ""], [`+ for: up to ${signed(most, 2)}`, "blue"], [`− against: down to ${signed(least, 2)}`, "red"],
    ["no colour: it does not matter", ""],
  ])
  said.forEach(([what, kind], k) => s.text(what, cx, y + k * line, { size: tall ? size : size * 1.15, kind, bold: k === 0 }))
  return t < 1.7
}

/** Weights times input, added up row by row: the sum fills up. @type {Picture} */
export function sum(s, look) {
  const { size, width: W, height: H } = s, { t, x, network, neuron, pass } = look, w = own(look), limit = limitOf([w])
  const side = Math.min(H - size * 1.6, W * 0.5), box = { x: 2, y: size * 1.5, w: side, h: side }
  const row = Math.round(SIDE * ease(t, 0.2, 1.6)), done = row === SIDE
  const terms = w.map((weight, i) => (Math.floor(i / SIDE) < row ? weight * x[i] : 0))
  s.text("weights × input", box.x + side / 2, size * 0.6)
  s.signed(w, box, limit, { alpha: 0.22 })
  s.fill(box.x, box.y, side, row * side / SIDE, rgba([128, 132, 145], 0.08))
  s.signed(terms, box, limit)
  if (!done) s.line(box.x, box.y + row * side / SIDE, box.x + side, box.y + row * side / SIDE, ACCENT, 4)
  let plus = 0, minus = 0
  for (const term of terms) {
    if (term > 0) plus += term
    else minus += term
  }
  const b = network.layers[0].b[neuron], z = done ? pass.zs[0][neuron] : plus + minus + b
  const [p, n, bias, total] = addUp([plus, minus, b], z, 2)
  waterfall(s, { x: box.x + side + size * 1.2, y: 0, w: W - side - size * 1.2 - 4, h: H }, [
    ["+", p, "blue"], ["−", n, "red"], ["bias", bias, ""], ["sum z", total, "accent"],
  ])
  return t < 2
}

/**
 * Bars that stand on one another's ends, and the last on the ground.
 * @param {import("./stage.js").Stage} s
 * @param {import("./stage.js").Box} box
 * @param {[string, number, string][]} bars
 */
function waterfall(s, { x, y, w, h }, bars) {
  const { size } = s, step = w / bars.length, ends = [0]
  for (const [, value] of bars.slice(0, -1)) ends.push(ends[ends.length - 1] + value)
  const high = Math.max(4, ...ends), low = Math.min(-4, ...ends), top = y + size * 3.2, bottom = y + h - size * 3
  const at = (/** @type {number} */ value) => mix(bottom, top, (value - low) / (high - low))
  s.line(x, at(0), x + w, at(0), s.muted, 2)
  bars.forEach(([name, value, kind], k) => {
    const cx = x + (k + 0.5) * step, from = k === bars.length - 1 ? 0 : ends[k], wide = step * 0.56
    const colour = kind === "accent" ? ACCENT : rgba(value < 0 ? RED : BLUE, 0.95)
    s.fill(cx - wide / 2, at(from), wide, at(from + value) - at(from), colour)
    if (k < bars.length - 1) s.line(cx + wide / 2, at(from + value), cx + step - wide / 2, at(from + value), s.muted, 2, [4, 4])
    s.text(name, cx, y + size * 0.8, { bold: true, size: size * 1.1 })
    s.text(signed(value, step > size * 3.1 ? 2 : 1), cx, y + size * 2.1, { kind, bold: k === bars.length - 1 })
  })
  const z = bars[bars.length - 1][1]
  s.text(`z is ${z > 0 ? "above" : "not above"} 0`, x + w / 2, y + h - size * 0.9)
}

/** The line of all sums bends into the sigmoid; the neuron's own sum rides on it. @type {Picture} */
export function squash(s, look) {
  const { size, width: W, height: H } = s, { t, pass, neuron } = look, z = pass.zs[0][neuron], a = pass.activations[1][neuron]
  const reach = 12, left = size * 2.6, right = W - size, top = size * 1.2, bottom = H - size * 3.4, bend = ease(t, 0.5, 1.3)
  const X = (/** @type {number} */ v) => mix(left, right, (v + reach) / (2 * reach))
  const Y = (/** @type {number} */ v) => mix(bottom, top, mix(0.5, sigmoid(v), bend))
  for (const [level, word] of /** @type {const} */ ([[0, "0"], [0.5, "½"], [1, "1"]])) {
    const y = mix(bottom, top, level)
    s.line(left, y, right, y, rgba([128, 132, 145], 0.5), 2, level === 0.5 ? [8, 8] : [])
    s.text(word, left - size * 0.5, y, { anchor: "end", size: size * 1.1 })
  }
  for (let v = -reach; v < reach; v += 0.25) s.line(X(v), Y(v), X(v + 0.25), Y(v + 0.25), signColour(v + 0.125, 0.95), 7)
  for (let v = -10; v <= 10; v += 5) {
    s.line(X(v), Y(v) - size * 0.35, X(v), Y(v) + size * 0.35, s.ink, 3)
    s.text(`${v}`.replace("-", "−"), X(v), mix(Y(v) + size * 1.1, bottom + size * 1.2, bend))
  }
  const at = Math.max(-reach, Math.min(reach, z)), [px, py] = [X(at), Y(at)], drop = ease(t, 1.6, 0.4)
  s.line(px, bottom, px, mix(bottom, py, Math.max(drop, 0.001)), ACCENT, 4, [8, 6])
  s.line(px, py, mix(px, left, drop), py, ACCENT, 4, [8, 6])
  s.disc(px, py, size * 0.55, ACCENT, s.ink, 3)
  const beyond = Math.abs(z) > reach ? " (off the scale)" : ""
  s.text(`sum z = ${signed(z, 2)}${beyond}`, W * 0.28, H - size * 0.9, { bold: true, size: size * 1.2, kind: "accent" })
  s.text(`activation = ${a.toFixed(2)}`, W * 0.74, H - size * 0.9, { bold: true, size: size * 1.2, kind: "accent", alpha: Math.max(0.15, drop) })
  return t < 2.1
}

let before = -10 // the bias from which the line now comes
let last = -10

/** The weighted sums of all test digits, digit by digit; the threshold slides over them. @type {Picture} */
export function bias(s, { since, needs, below }) {
  const { size, width: W, height } = s, H = height - below, top = size * 1.7, bottom = H - size * 1.5
  if (needs.bias !== last) [before, last] = [last, needs.bias]
  const value = mix(before, last, ease(since, 0, 0.4)), counts = `${(9999).toLocaleString("en")} of 9,999`
  const left = size * 1.3, right = W - s.wide(counts) - size * 1.5, row = (bottom - top) / needs.bins.length
  const X = (/** @type {number} */ v) => mix(left, right, (Math.max(-needs.reach, Math.min(needs.reach, v)) + needs.reach) / (2 * needs.reach))
  const most = Math.max(...needs.bins.flat().map(Math.sqrt)), at = -value
  needs.bins.forEach((/** @type {number[]} */ bins, /** @type {number} */ digit) => {
    const y = top + (digit + 1) * row - 2
    bins.forEach((count, k) => {
      const [a, b] = [needs.edges[k], needs.edges[k + 1]]
      if (b <= -needs.reach || a >= needs.reach || !count) return
      const tall = Math.max(2, Math.sqrt(count) / most * row * 0.92)
      s.fill(X(a), y - tall, X(b) - X(a), tall, rgba([128, 132, 145], 0.65))
      if (b > at) s.fill(X(Math.max(a, at)), y - tall, X(b) - X(Math.max(a, at)), tall, rgba(BLUE, 1))
    })
    s.line(left, y, right, y, rgba([128, 132, 145], 0.4), 1)
    s.text(`${digit}`, size * 0.5, y - row / 2 + 2, { bold: true })
    const [fires, all] = [needs.fires[digit], needs.counts[digit]].map((n) => n.toLocaleString("en"))
    s.text(`${fires} of ${all}`, W - 4, y - row / 2 + 2, { anchor: "end", kind: needs.fires[digit] ? "blue" : "muted", bold: needs.fires[digit] > 0 })
  })
  s.line(X(at), top - size * 0.3, X(at), bottom, ACCENT, 5)
  const [b, must] = [last, 0 - last].map((v) => signed(v, 1).replace(".0", ""))
  s.text(`bias ${b}: the sum must pass ${must}`, Math.min(Math.max(X(at), left + size * 7), right - size * 7), size * 0.6, { bold: true, kind: "accent" })
  s.text("fires for", W - 4, size * 0.6, { anchor: "end" })
  for (const v of [-20, -10, 0, 10, 20]) s.text(`${v}`.replace("-", "−"), X(v), bottom + size * 0.8)
  return since < 0.5
}
