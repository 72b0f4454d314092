// @ts-check
// One neuron taken apart: its weights, weights × input, the sum in numbers that add up, and the curve with the point.

import { ACCENT, BLUE, CLEAR, GAP, MUTED } from "../live/constants.js"
import { diverging, write } from "../live/drawing.js"
import { activate, addUp, limits, signed } from "../live/numbers.js"
import { termsOf } from "../live/wiring.js"
import { css, make, part, sharp, sheet } from "./dom.js"
import { layerName, neuronName } from "./rows.js"

/** @import { Layer, Network, Numbers, Pass, Place } from "../live/types.d.ts" */

const DIGITS = 3, REACH = 10, POINTS = 161 // of the curve
const PARTS = { positive: "blue terms", negative: "red terms", bias: "bias b", z: "sum z", a: "activation" }
const SIGNS = ["+", "+", "=", "→"]

export class Neuron {
  /** @type {{ network: Network, pass: Pass, place: Place } | undefined} what is shown */
  now
  /** @type {Record<string, HTMLElement>} */
  numbers = {}
  /** @type {string} the neuron whose weights are drawn, and how large */
  drawn = ""

  constructor() {
    Object.entries(PARTS).forEach(([name, what], n) => {
      const whole = make("span", name), number = make("b")
      whole.append(number, make("small", "", what))
      this.numbers[name] = number
      part("sum").append(whole, ...(SIGNS[n] ? [make("i", "", SIGNS[n])] : []))
    })
    for (const map of ["weights", "terms"]) {
      sheet(map).addEventListener("pointermove", (event) => this.point(event))
      sheet(map).addEventListener("pointerdown", (event) => this.point(event))
    }
  }

  /**
   * @param {Network} network
   * @param {Pass} pass
   * @param {Place} place
   * @param {Place[]} out
   */
  show(network, pass, [layer, k], out) {
    const into = network.layers[layer - 1], given = pass.activations[layer - 1], terms = termsOf(network.layers, pass, layer, k)
    const w = into.W.subarray(k * given.length, (k + 1) * given.length), z = pass.zs[layer - 1][k], a = pass.activations[layer][k]
    this.now = { network, pass, place: [layer, k] }
    const across = columns(network, layer), [, most] = limits([null, null], w), [low, high] = limits(network.ranges[layer - 1], given)
    const key = `${network.key} ${layer} ${k} ${sheet("weights").clientWidth} ${devicePixelRatio}`
    if (key !== this.drawn) {
      this.drawn = key
      heat(sheet("weights"), w, across, most)
      this.describe(network, [layer, k], most)
    }
    heat(sheet("terms"), terms, across, most * Math.max(1, Math.abs(low), Math.abs(high)))
    sheet("terms").ariaLabel = `weights times input, ${terms.length} numbers`
    const lost = out.some(([l, n]) => l === layer && n === k)
    this.add(terms, into.b[k], z, lost ? 0 : a)
    const called = /** @type {HTMLElement} */ (this.numbers.a.nextElementSibling)
    write(called, lost ? "knocked out" : PARTS.a)
    called.dataset.by = lost ? "" : ` = ${named(into)}` // where there is room
    curve(sheet("curve"), into, pass.zs[layer - 1], k, into.b[k])
    part("out").ariaPressed = String(lost)
  }

  /**
   * @param {Network} network
   * @param {Place} place
   * @param {number} most
   */
  describe(network, [layer, k], most) {
    const end = signed(most, 2)
    write(part("which"), neuronName(network, [layer, k]))
    write(part("weights-of"), `weights, to ±${end}`)
    sheet("weights").ariaLabel = `the weights of ${neuronName(network, [layer, k])}, from ${layerName(network, layer - 1)}`
    write(part("reading"), layer === 1 ? "Touch a map: each pixel’s weight × input." : "Touch a square: weight × activation.")
  }

  /**
   * @param {Numbers} terms
   * @param {number} bias
   * @param {number} z
   * @param {number} a
   */
  add(terms, bias, z, a) {
    let positive = 0, negative = 0
    for (const term of terms) {
      if (term > 0) positive += term
      else negative += term
    }
    const shown = addUp([positive, negative, bias], z, DIGITS)
    Object.entries({ positive: shown[0], negative: shown[1], bias: shown[2], z: shown[3], a }).forEach(([name, number]) => {
      write(this.numbers[name], signed(number, DIGITS))
    })
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.now) return
    const { network, pass, place: [layer, k] } = this.now, given = pass.activations[layer - 1], across = columns(network, layer)
    const { left, top, width, height } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect()
    const column = Math.floor((event.clientX - left) / width * across), rows = Math.ceil(given.length / across)
    const row = Math.floor((event.clientY - top) / height * rows), i = row * across + column
    if (column < 0 || column >= across || !(i >= 0 && i < given.length)) return
    const w = network.layers[layer - 1].W[k * given.length + i], from = layer === 1 ? `row ${row}, column ${column}` : neuronName(network, [layer - 1, i])
    write(part("reading"), `${from}: ${signed(w, DIGITS)} × ${signed(given[i], DIGITS)} = ${signed(w * given[i], DIGITS)}`)
  }
}

/** @param {Layer} layer */
const named = ({ activation }) => (activation === "identity" ? "z" : `${activation}(z)`)

/**
 * How many cells of a map stand side by side: the picture's own columns, or else a square of neurons.
 * @param {Network} network
 * @param {number} layer
 */
function columns({ layers, shape }, layer) {
  return layer === 1 ? shape[1] : Math.ceil(Math.sqrt(layers[layer - 2].b.length))
}

/**
 * Draw signed numbers as squares, zero neutral, with minus signs in the clearly negative ones, as figures/style.py does.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values
 * @param {number} across
 * @param {number} limit
 */
function heat(canvas, values, across, limit) {
  const rows = Math.ceil(values.length / across)
  canvas.style.aspectRatio = `${across} / ${rows}`
  const { context, width, height } = sharp(canvas), [w, h] = [width / across, height / rows]
  const edge = (/** @type {number} */ at) => Math.round(at * devicePixelRatio) / devicePixelRatio
  values.forEach((value, i) => {
    if (!value) return
    const [x, y] = [(i % across) * w, Math.floor(i / across) * h]
    context.fillStyle = css(diverging(value, limit))
    context.fillRect(edge(x), edge(y), edge(x + w) - edge(x), edge(y + h) - edge(y))
  })
  context.strokeStyle = GAP
  context.lineWidth = Math.min(2, w / 5)
  context.beginPath()
  values.forEach((value, i) => {
    if (value >= -CLEAR * limit) return
    const [x, y] = [((i % across) + 0.25) * w, (Math.floor(i / across) + 0.5) * h]
    context.moveTo(x, y)
    context.lineTo(x + w / 2, y)
  })
  context.stroke()
}

/**
 * Draw what the neuron's layer makes of z, the others held still, and where it is now.
 * @param {HTMLCanvasElement} canvas
 * @param {Layer} layer
 * @param {Numbers} zs
 * @param {number} k
 * @param {number} bias
 */
function curve(canvas, layer, zs, k, bias) {
  const { context, width, height } = sharp(canvas), z = zs[k], reach = Math.max(REACH, 1.15 * Math.abs(z))
  const value = (/** @type {number} */ at) => activate(layer, Float64Array.from(zs, (other, n) => (n === k ? at : other)))[k]
  const over = Array.from({ length: POINTS }, (_, n) => reach * (2 * n / (POINTS - 1) - 1)), heights = over.map(value)
  const low = Math.min(0, ...heights), high = Math.max(...heights, low + 1e-9)
  const text = getComputedStyle(canvas), size = parseFloat(text.fontSize)
  const [left, right, top, bottom] = [2.6 * size, width - 0.8 * size, 1.9 * size, height - 1.6 * size]
  const x = (/** @type {number} */ at) => left + (at + reach) / (2 * reach) * (right - left)
  const y = (/** @type {number} */ at) => bottom - (at - low) / (high - low) * (bottom - top)
  const line = (/** @type {[number, number][]} */ points, /** @type {string} */ colour, wide = 1, dash = /** @type {number[]} */ ([])) => {
    Object.assign(context, { strokeStyle: colour, lineWidth: wide })
    context.setLineDash(dash)
    context.beginPath()
    points.forEach(([px, py], n) => {
      if (n) context.lineTo(px, py)
      else context.moveTo(px, py)
    })
    context.stroke()
  }
  const a = value(z)
  for (const level of [low, high]) line([[left, y(level)], [right, y(level)]], MUTED)
  line([[x(0), top], [x(0), bottom]], MUTED, 1, [5, 4])
  line(over.map((at, n) => [x(at), y(heights[n])]), `rgb(${BLUE.join(" ")})`, 3)
  line([[x(z), y(low)], [x(z), y(a)], [left, y(a)]], ACCENT, 1.5, [2, 3])
  context.fillStyle = ACCENT
  context.beginPath()
  context.arc(x(z), y(a), 6.5, 0, 2 * Math.PI)
  context.fill()
  Object.assign(context, { fillStyle: text.color, font: `${text.fontSize} ${text.fontFamily}`, textAlign: "center" })
  const short = `z = 0: sum = ${signed(-bias, 2)}`, long = `z = 0: weighted sum = ${signed(-bias, 2)}`
  const said = context.measureText(long).width < width ? long : short
  const half = context.measureText(said).width / 2
  context.fillText(said, Math.min(width - half, Math.max(half, x(0))), size)
  for (const at of [-reach, reach]) context.fillText(signed(at, 0), x(at) - Math.sign(at) * 8, height - 4)
  context.fillText("z", x(0), height - 4)
  Object.assign(context, { textAlign: "right", textBaseline: "middle" })
  for (const level of [low, high]) context.fillText(signed(level, Math.abs(level) < 10 && level % 1 ? 1 : 0), left - 6, y(level))
  canvas.ariaLabel = `${layer.activation} of z: at z ${signed(z, DIGITS)} it is ${signed(a, DIGITS)}`
}
