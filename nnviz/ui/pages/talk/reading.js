// @ts-check
// Pictures of the network reading: one neuron, the pixels, the ten outputs, the layers, and noise.

import { ACCENT, SIDE, SURE } from "../../live/constants.js"
import { ease, mix, signColour } from "./stage.js"

/** @import { Layer, Numbers, Pass } from "../../live/types.d.ts" */
/** @import { Stage, Box } from "./stage.js" */
/** @import { Look, Picture } from "./talk.d.ts" */

/**
 * The places of the largest of some numbers.
 * @param {Numbers} values
 * @param {number} many
 */
export function strongest(values, many) {
  return [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a])).slice(0, many)
}

/** @type {WeakMap<Pass, { signal: Numbers, places: number[] }[]>} */
const known = new WeakMap()

/**
 * What each connection of layer l + 1 carries, weight times activation, and the 150 that carry most.
 * @param {Layer} layer
 * @param {Pass} pass
 * @param {number} l
 */
export function carried(layer, pass, l) {
  const all = known.get(pass) ?? [], inputs = pass.activations[l]
  known.set(pass, all)
  if (!all[l]) {
    const signal = layer.W.map((w, i) => w * inputs[i % inputs.length])
    all[l] = { signal, places: strongest(signal, 150) }
  }
  return all[l]
}

/** @param {Box} box @param {number} i */
export const pixel = (box, i) => [box.x + ((i % SIDE) + 0.5) * box.w / SIDE, box.y + (Math.floor(i / SIDE) + 0.5) * box.h / SIDE]

/** One neuron, and the pixels it listens to most: light runs along the lines that have ink. @type {Picture} */
export function neuron(s, { t, needs, network, pass, x }) {
  const { size, width: W, height: H } = s, { W: all } = network.layers[0], k = needs.neuron
  const tall = H > W, side = tall ? Math.min(W * 0.58, H - 4 * size) : Math.min(H - 4, W * 0.5), box = { x: 2, y: 2, w: side, h: side }
  const r = tall ? (W - side) * 0.4 : Math.min(H * 0.27, (W - side) * 0.3)
  const cx = tall ? W - r - 6 : W - r - Math.max(size, (W - side - 2 * r) * 0.28), cy = tall ? side / 2 : side * 0.43
  s.ink28(x, box)
  const w = all.subarray(k * x.length, (k + 1) * x.length), lines = strongest(w, needs.heard)
  const most = Math.abs(w[lines[0]]) || 1, run = (t * 0.9) % 1
  for (const i of lines) {
    const [px, py] = pixel(box, i), share = Math.abs(w[i]) / most, lit = x[i] > 0.2
    const alpha = (lit ? 0.95 : 0.16) * ease(t, 0, 0.4)
    const angle = Math.atan2(cy - py, cx - px), [ex, ey] = [cx - r * Math.cos(angle), cy - r * Math.sin(angle)]
    s.line(px, py, ex, ey, signColour(w[i], alpha), 1 + 3.5 * share, w[i] < 0 ? [7, 6] : [])
    if (lit && t < 2.2) s.disc(mix(px, ex, run), mix(py, ey, run), 3 + 3 * share, s.ink, "", 0)
  }
  const a = pass.activations[1][k]
  s.neuron(cx, cy, r, a)
  s.disc(cx, cy, r + Math.max(4, r / 14), "transparent", ACCENT, Math.max(4, r / 14))
  s.text(a.toFixed(2), cx, cy, { size: Math.max(size, Math.min(r * 0.62, 3.2 * size)), bold: true, kind: a > 0.5 ? "black" : "white" })
  const y = (tall ? side : cy + r) + size * 1.6, under = tall ? W / 2 : cx
  s.text(`Draw ${needs.digit}`, under, y, { size: size * 1.25, bold: true, kind: "accent" })
  s.text(`blank paper: ${needs.rest.toFixed(2)}`, under, y + size * 1.5)
  return t < 2.2
}

/** The picture, and a lens under which its greys are numbers. @type {Picture} */
export function pixels(s, { t, x, pointer }) {
  const { size, width: W, height: H } = s, many = 7, gap = size * 1.4
  const side = Math.min(H - 4, (W - gap) * (H > W ? 0.44 : 0.52)), box = { x: 2, y: 2, w: side, h: side }
  const large = Math.min(H - size * 1.7, W - side - gap - 4), lens = { x: W - large - 2, y: box.y, w: large, h: large }
  const cell = side / SIDE, [row, column] = place(x, box, pointer, many, ease(t, 0.2, 1.2))
  s.ink28(x, box)
  const under = { x: box.x + column * cell, y: box.y + row * cell, w: many * cell, h: many * cell }
  for (const [ax, ay, bx, by] of [
    [under.x + under.w, under.y, lens.x, lens.y], [under.x + under.w, under.y + under.h, lens.x, lens.y + large],
  ]) s.line(ax, ay, bx, by, ACCENT, 2, [3, 6])
  s.frame(under, ACCENT, 4)
  const part = Float32Array.from({ length: many * many }, (_, i) => x[(row + Math.floor(i / many)) * SIDE + column + i % many])
  s.cells(part, many, many, lens, (a) => [255 * a, 255 * a, 255 * a, 255])
  const step = large / many
  for (let k = 1; k < many; k++) {
    s.line(lens.x + k * step, lens.y, lens.x + k * step, lens.y + large, s.muted, 1)
    s.line(lens.x, lens.y + k * step, lens.x + large, lens.y + k * step, s.muted, 1)
  }
  s.frame(lens, ACCENT, 4)
  part.forEach((a, i) => s.text(short(a), lens.x + (i % many + 0.5) * step, lens.y + (Math.floor(i / many) + 0.5) * step, {
    size: Math.min(s.size * 1.15, Math.max(s.size, step * 0.5)), kind: a > 0.5 ? "black" : "white",
  }))
  const above = [...x].filter((a) => a > 0).length
  s.text(`${above} of ${x.length} are above 0`, lens.x + large / 2, lens.y + large + size)
  return t < 1.4
}

/** @param {number} a */
const short = (a) => (a < 0.05 ? "0" : a >= 0.95 ? "1" : a.toFixed(1).slice(1))

/**
 * Where the lens lies: under the pointer, else on its way from the corner to the edge of the ink that is nearest the middle.
 * @param {Numbers} x
 * @param {Box} box
 * @param {{ x: number, y: number } | null} pointer
 * @param {number} many
 * @param {number} way
 * @returns {[number, number]}
 */
function place(x, box, pointer, many, way) {
  const inside = (/** @type {number} */ v) => Math.round(Math.min(SIDE - many, Math.max(0, v)))
  const at = pointer && { x: (pointer.x - box.x) / box.w * SIDE, y: (pointer.y - box.y) / box.h * SIDE }
  if (at && at.x >= 0 && at.y >= 0 && at.x < SIDE && at.y < SIDE) return [inside(at.y - many / 2), inside(at.x - many / 2)]
  let best = (SIDE / 2) * SIDE + SIDE / 2, nearest = Infinity
  x.forEach((a, i) => {
    const far = Math.hypot(i % SIDE - SIDE / 2, Math.floor(i / SIDE) - SIDE / 2)
    if (a > 0.2 && a < 0.8 && far < nearest) [best, nearest] = [i, far]
  })
  return [inside(way * (Math.floor(best / SIDE) - many / 2)), inside(way * (best % SIDE - many / 2))]
}

/** The ten outputs as columns, which grow. @type {Picture} */
export function outputs(s, { t, pass, says, network }) {
  const { size, width: W, height: H } = s, output = pass.activations[pass.activations.length - 1]
  const step = W / output.length, wide = Math.min(step * 0.62, 2.6 * size), bottom = H - size * 1.9, top = size * 3.3
  s.text(`${says.name}: ${says.text}`, W / 2, size * 0.8, { bold: true, size: s.fit(`${says.name}: ${says.text}`, W, size * 1.3) })
  const half = mix(bottom, top, SURE)
  s.line(0, half, W, half, s.muted, 2, [10, 8])
  s.line(0, bottom, W, bottom, s.muted, 3)
  output.forEach((a, k) => {
    const x = (k + 0.5) * step, y = mix(bottom, top, a * ease(t, 0.04 * k, 0.5)), won = says.found.includes(k)
    s.fill(x - wide / 2, y, wide, bottom - y, won ? ACCENT : s.muted)
    s.text(step > size * 2.2 ? a.toFixed(2) : short(a), x, y - size * 0.75, { bold: won })
    s.text(network.classes[k], x, bottom + size, { size: size * 1.4, bold: won, kind: won ? "accent" : "" })
  })
  return t < 1
}

/** All layers, with the connections that carry the most; the light goes from layer to layer. @type {Picture} */
export function layers(s, look) {
  const { size, width: W, height: H } = s, { t, pass, says, network, x } = look
  const side = Math.min(H * 0.8, W * 0.4), box = { x: 2, y: (H - side) / 2, w: side, h: side }
  s.ink28(x, box)
  const places = columns(s, look, box.x + side), wave = (/** @type {number} */ layer) => ease(t, 0.45 * layer - 0.2, 0.5)
  network.layers.forEach((layer, l) => {
    const inputs = pass.activations[l], { signal, places: lines } = carried(layer, pass, l), most = Math.abs(signal[lines[0]]) || 1
    for (const i of lines.slice(0, l ? 70 : 150).reverse()) {
      const from = i % inputs.length, share = Math.abs(signal[i]) / most
      const [ax, ay] = l ? places[l - 1].at(from) : pixel(box, from), [bx, by] = places[l].at(Math.floor(i / inputs.length))
      const on = wave(l + 1), [ex, ey] = [mix(ax, bx, on), mix(ay, by, on)]
      if (share > 0.01) s.line(ax, ay, ex, ey, signColour(signal[i], 0.12 + 0.8 * share), 1 + 3 * share, signal[i] < 0 ? [7, 6] : [])
    }
  })
  places.forEach(({ at, r }, l) => pass.activations[l + 1].forEach((a, k) => {
    const [cx, cy] = at(k), last = l === places.length - 1
    s.neuron(cx, cy, r, a * wave(l + 1), last && k === says.answer)
    if (last) s.text(network.classes[k], cx + r + size * 0.9, cy, { size: size * 1.2, bold: k === says.answer, kind: k === says.answer ? "accent" : "" })
  }))
  return t < 2
}

/**
 * Where the neurons of each layer after the input stand, right of x.
 * @param {Stage} s
 * @param {Look} look
 * @param {number} x
 */
export function columns({ width: W, height: H, size }, { network }, x) {
  const many = network.layers.length, room = W - x - size * 2
  return network.layers.map(({ b }, l) => {
    const step = (H - 4) / b.length, r = Math.min(step * 0.42, size * 0.75), cx = x + room * (l + 1) / many - r - 4
    return { r, at: (/** @type {number} */ k) => [cx, 2 + (k + 0.5) * step] }
  })
}

/** What the outputs make of what is no digit, and of what was tried before. @type {Picture} */
export function noise(s, { t, pass, says, network, tried, below }) {
  const { size, width: W, height } = s, H = height - below
  const output = pass.activations[pass.activations.length - 1], step = W / output.length
  const r = Math.min(step * 0.4, H * 0.16), y = size * 2.4 + r
  s.text(`${says.name}: ${says.text}`, W / 2, size * 0.8, { bold: true, size: s.fit(`${says.name}: ${says.text}`, W, size * 1.3) })
  output.forEach((a, k) => {
    const x = (k + 0.5) * step, won = says.found.includes(k)
    s.neuron(x, y, r, a * ease(t, 0.04 * k, 0.4), won)
    s.text(network.classes[k], x, y, { size: size * 1.2, bold: true, kind: a > 0.5 ? "black" : "white" })
    s.text(step > size * 2.2 ? a.toFixed(2) : short(a), x, y + r + size, { bold: won })
  })
  const top = y + r + size * 2, side = Math.min(H - top - size * 1.6, W / 6.5), gap = (W - 6 * side) / 5
  const place = (/** @type {number} */ k) => ({ x: k * (side + gap), y: top, w: side, h: side })
  for (let k = tried.length; k < 6; k++) s.frame(place(k)) // to be filled
  tried.slice(-6).forEach((each, k) => {
    const box = place(k)
    s.ink28(each.x, box)
    s.text(each.name === "?" ? "unsure" : `“${each.name}”`, box.x + side / 2, top + side + size * 0.8, { bold: each.name !== "?" })
  })
  return t < 1
}
