// @ts-check
// The whole network in one picture: every connection as a line, and every weight as a cell.

import { BLUE, RED, SIDE } from "../../live/constants.js"
import { diverging, pen } from "../../live/drawing.js"
import { limitOf } from "./maps.js"
import { carried, columns, pixel } from "./reading.js"
import { ease, mix, rgba, signColour } from "./stage.js"

/** @import { Network } from "../../live/types.d.ts" */
/** @import { Stage } from "./stage.js" */
/** @import { Picture } from "./talk.d.ts" */

/** @type {{ network: Network, size: string, sheet: HTMLCanvasElement } | undefined} */
let web

/** Every weight a line, faint; those that carry most of the drawing bright. @type {Picture} */
export function knobs(s, look) {
  const { size, width: W, height } = s, { t, pass, says, network, x } = look, H = height - size * 1.7
  const side = Math.min(H * 0.86, W * 0.42), box = { x: 2, y: (H - side) / 2, w: side, h: side }
  const places = columns(Object.assign(Object.create(s), { height: H }), look, box.x + side)
  const grown = ease(t, 0, 1.5)
  s.ink28(x, box)
  s.context.save()
  s.context.beginPath()
  s.context.rect(0, 0, W * grown, height)
  s.context.clip()
  s.context.drawImage(lines(s, network, box, places), 0, 0, W, height)
  s.context.restore()
  network.layers.forEach((layer, l) => {
    const inputs = pass.activations[l], { signal, places: bright } = carried(layer, pass, l), most = Math.abs(signal[bright[0]]) || 1
    for (const i of bright.slice(0, l ? 40 : 90)) {
      const [ax, ay] = l ? places[l - 1].at(i % inputs.length) : pixel(box, i % inputs.length), [bx, by] = places[l].at(Math.floor(i / inputs.length))
      const share = Math.abs(signal[i]) / most
      if (share > 0.02) s.line(ax, ay, bx, by, signColour(signal[i], 0.9 * share * ease(t, 1.2, 0.5)), 1 + 3 * share, signal[i] < 0 ? [7, 6] : [])
    }
  })
  places.forEach(({ at, r }, l) => pass.activations[l + 1].forEach((a, k) => {
    const [cx, cy] = at(k), last = l === places.length - 1
    s.neuron(cx, cy, r, a, last && k === says.answer)
    if (last) s.text(network.classes[k], cx + r + size * 0.9, cy, { size: size * 1.2, bold: k === says.answer, kind: k === says.answer ? "accent" : "" })
  }))
  const all = network.layers.reduce((n, { W, b }) => n + W.length + b.length, 0)
  s.text(`${Math.round(all * grown).toLocaleString("en")} weights and biases`, W / 2, height - size * 0.85, { bold: true, size: size * 1.2, kind: "accent" })
  return t < 1.8
}

/**
 * All connections, painted once.
 * @param {Stage} s
 * @param {Network} network
 * @param {import("./stage.js").Box} box
 * @param {ReturnType<typeof columns>} places
 */
function lines({ width, height, canvas }, network, box, places) {
  const size = `${width} ${height} ${canvas.width}`
  if (web?.network === network && web.size === size) return web.sheet
  const sheet = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height })
  const context = pen(sheet)
  context.scale(canvas.width / width, canvas.height / height)
  network.layers.forEach(({ W, b }, l) => {
    const limit = limitOf([W]), inputs = W.length / b.length
    for (const colour of [BLUE, RED]) for (const [from, to] of [[0, 0.2], [0.2, 0.5], [0.5, 1.01]]) {
      context.beginPath()
      context.strokeStyle = rgba(colour, (l ? 0.6 : 0.22) * to)
      context.lineWidth = l ? 1.5 : 0.8
      W.forEach((w, i) => {
        const share = Math.abs(w) / limit
        if (w < 0 !== (colour === RED) || share < from || share >= to) return
        const [ax, ay] = l ? places[l - 1].at(i % inputs) : pixel(box, i % inputs), [bx, by] = places[l].at(Math.floor(i / inputs))
        context.moveTo(ax, ay)
        context.lineTo(bx, by)
      })
      context.stroke()
    }
  })
  web = { network, size, sheet }
  return sheet
}

/** The picture laid out in one row, above every weight of the network: multiply, add, squash, three times over. @type {Picture} */
export function everything(s, { t, network, pass, says, x }) {
  const { size, width: W, height: H } = s, [first, ...later] = network.layers, laid = ease(t, 0.2, 1.2)
  const right = size * 2.2, wide = W - right - 4, strip = size * 1.1, top = size * 1.5, tall = Math.min(H * 0.3, 16 * 12)
  s.text("every pixel, row after row", (W - right) / 2, size * 0.6)
  unroll(s, x, { x: 2, y: top, w: wide, h: strip }, laid)
  const block = { x: 2, y: top + strip + 6, w: wide, h: tall }, limit = limitOf([first.W])
  s.cells(first.W, first.b.length, x.length, block, (value) => diverging(value, limit), laid, "whole")
  s.frame(block)
  const sweep = ease(t, 1.3, 0.9)
  if (sweep > 0 && sweep < 1) s.fill(block.x + wide * sweep - 6, top, 12, strip + 6 + tall, "rgba(240,165,0,.8)")
  column(s, pass.activations[1], block.x + wide + 6, block.y, size, tall, sweep)
  const y = block.y + tall + size * 1.9, room = H - y - 4, cell = Math.min(room / 17.5, W / 60)
  s.text(`${first.W.length.toLocaleString("en")} weights, then ${later.map(({ W }) => W.length).join(" and ")}`, (W - right) / 2, y - size * 0.9)
  let at = 2
  later.forEach(({ W: weights, b }, l) => {
    const inputs = pass.activations[l + 1], h = cell * b.length, w = cell * inputs.length, on = ease(t, 2 + 0.5 * l, 0.4), most = limitOf([weights])
    s.cells(inputs, 1, inputs.length, { x: at, y, w, h: cell * 1.2 }, (a) => [255 * a, 255 * a, 255 * a, 255], on)
    s.frame({ x: at, y, w, h: cell * 1.2 })
    s.signed(weights, { x: at, y: y + cell * 1.5, w, h }, most, { rows: b.length, columns: inputs.length, fixed: true, alpha: on })
    column(s, pass.activations[l + 2], at + w + cell * 0.4, y + cell * 1.5, cell * 1.2, h, on)
    at += w + cell * 4.2
  })
  const cx = at + (W - at) / 2, done = ease(t, 3, 0.3), large = Math.min(room * 0.62, 6 * size)
  s.text(says.name, cx, y + room * 0.38, { size: large, bold: true, kind: "accent", alpha: done })
  s.text(says.answer === null ? "no sure answer" : "the answer", cx, y + room * 0.38 + large * 0.5 + size * 0.9, { alpha: done })
  return t < 3.4
}

/**
 * @param {Stage} s
 * @param {ArrayLike<number>} values
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {number} on
 */
function column(s, values, x, y, w, h, on) {
  s.cells(Float32Array.from(values), values.length, 1, { x, y, w, h }, (a) => [255 * a, 255 * a, 255 * a, 255], on)
  s.frame({ x, y, w, h })
}

/**
 * The rows of the picture on their way into one.
 * @param {Stage} s
 * @param {import("../../live/types.d.ts").Numbers} x
 * @param {import("./stage.js").Box} strip
 * @param {number} laid
 */
function unroll(s, x, strip, laid) {
  const from = Math.min(s.height * 0.8, s.width * 0.5), left = (s.width - from) / 2
  if (laid === 1) s.cells(x, 1, x.length, strip, (a) => [255 * a, 255 * a, 255 * a, 255])
  else for (let row = 0; row < SIDE; row++) {
    const end = { x: strip.x + row * strip.w / SIDE, w: strip.w / SIDE }
    const box = {
      x: mix(left, end.x, laid), y: mix(s.height * 0.15 + row * from / SIDE, strip.y, laid),
      w: mix(from, end.w, laid), h: mix(from / SIDE, strip.h, laid),
    }
    s.cells(x.subarray(row * SIDE, (row + 1) * SIDE), 1, SIDE, box, (a) => [255 * a, 255 * a, 255 * a, 255])
  }
  if (laid === 1) s.frame(strip)
}
