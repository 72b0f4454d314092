// @ts-check
// What the talk's pictures are painted with: shapes on a canvas, and over it words as SVG text, which has a size and can be
// read. Everything is in CSS pixels; `size` is the smallest type, 28 px at 1280 x 720 and in proportion elsewhere.

import { ACCENT, BLUE, CLEAR, RED, SIDE } from "../../live/constants.js"
import { diverging, pen, write } from "../../live/drawing.js"

/** @import { Numbers, Rgba } from "../../live/types.d.ts" */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {{ size?: number, anchor?: "start" | "middle" | "end", kind?: string, bold?: boolean, alpha?: number }} Words */

const SVG = "http://www.w3.org/2000/svg"
const MUTED = "rgb(128,132,145)"
const [LEAST, USUAL] = [15, 28] // pixels of type: on a phone, and on a stage of 1280 x 720

/**
 * 0 before `from`, 1 after `from + span`, smoothly between.
 * @param {number} t
 * @param {number} from
 * @param {number} span
 */
export function ease(t, from, span) {
  const u = Math.min(1, Math.max(0, (t - from) / span))
  return u * u * (3 - 2 * u)
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} u
 */
export const mix = (a, b, u) => a + (b - a) * u

/** @param {readonly number[]} colour @param {number} alpha */
export const rgba = ([r, g, b], alpha) => `rgba(${r},${g},${b},${alpha.toFixed(3)})`
/** @param {number} value @param {number} alpha */
export const signColour = (value, alpha) => rgba(value < 0 ? RED : BLUE, alpha)

/** @type {WeakMap<object, Map<string, HTMLCanvasElement>>} pictures that do not change, by their numbers */
const kept = new WeakMap()

export class Stage {
  width = 0
  height = 0
  size = USUAL
  ink = "#000"
  muted = MUTED
  accent = ACCENT
  used = 0
  /** @type {SVGTextElement[]} */
  words = []

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"))
    this.svg = /** @type {SVGSVGElement} */ (root.querySelector("svg"))
    this.svg.replaceChildren() // words of a stage before this one, where Streamlit mounts the picture anew
    this.context = pen(this.canvas)
  }

  /** Begin a picture: as large as its place, in the theme's colours. */
  begin() {
    const { clientWidth, clientHeight } = this.root, ratio = window.devicePixelRatio || 1
    this.width = clientWidth
    this.height = clientHeight
    this.size = Math.max(LEAST, USUAL * Math.min(innerWidth / 1280, innerHeight / 720))
    this.ink = getComputedStyle(this.root).color
    const [w, h] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)]
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h })
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.context.clearRect(0, 0, clientWidth, clientHeight)
    this.context.globalAlpha = 1
    this.used = 0
  }

  end() {
    for (const text of this.words.slice(this.used)) if (text.textContent) write(text, "")
  }

  /**
   * Write words; their baseline is so placed that capitals are centred at y.
   * @param {string} what
   * @param {number} x
   * @param {number} y
   * @param {Words} [how]
   */
  text(what, x, y, { size = this.size, anchor = "middle", kind = "", bold = false, alpha = 1 } = {}) {
    if (this.used === this.words.length) this.words.push(this.svg.appendChild(document.createElementNS(SVG, "text")))
    const text = this.words[this.used++]
    const wanted = {
      x: x.toFixed(1), y: (y + 0.36 * size).toFixed(1), "font-size": size.toFixed(1), "text-anchor": anchor,
      "font-weight": bold ? "700" : "400", class: kind, opacity: alpha.toFixed(2),
    }
    for (const [name, value] of Object.entries(wanted)) if (text.getAttribute(name) !== value) text.setAttribute(name, value)
    write(text, what)
  }

  /**
   * How wide words are.
   * @param {string} what
   * @param {number} [size]
   * @param {boolean} [bold]
   */
  wide(what, size = this.size, bold = false) {
    this.context.font = `${bold ? 700 : 400} ${size}px ${getComputedStyle(this.root).fontFamily}`
    return this.context.measureText(what).width
  }

  /**
   * The largest type, no larger than `size`, in which words fit; never smaller than the smallest.
   * @param {string} what
   * @param {number} room
   * @param {number} size
   */
  fit(what, room, size) {
    return Math.max(this.size, Math.min(size, (size * room) / Math.max(1, this.wide(what, size, true))))
  }

  /**
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @param {string} colour
   * @param {number} [width]
   * @param {number[]} [dash]
   */
  line(x0, y0, x1, y1, colour, width = 2, dash = []) {
    const { context } = this
    context.beginPath()
    context.setLineDash(dash)
    context.moveTo(x0, y0)
    context.lineTo(x1, y1)
    Object.assign(context, { strokeStyle: colour, lineWidth: width, lineCap: dash.length ? "butt" : "round" })
    context.stroke()
    context.setLineDash([])
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} w
   * @param {number} h
   * @param {string} colour
   */
  fill(x, y, w, h, colour) {
    this.context.fillStyle = colour
    this.context.fillRect(Math.min(x, x + w), Math.min(y, y + h), Math.abs(w), Math.abs(h))
  }

  /**
   * @param {Box} box
   * @param {string} [colour]
   * @param {number} [width]
   */
  frame({ x, y, w, h }, colour = MUTED, width = 1.5) {
    Object.assign(this.context, { strokeStyle: colour, lineWidth: width })
    this.context.strokeRect(x, y, w, h)
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} r
   * @param {string} inside
   * @param {string} [edge]
   * @param {number} [width]
   */
  disc(x, y, r, inside, edge = MUTED, width = 1.5) {
    const { context } = this
    context.beginPath()
    context.arc(x, y, Math.max(0, r), 0, 2 * Math.PI)
    context.fillStyle = inside
    context.fill()
    if (!width) return
    Object.assign(context, { strokeStyle: edge, lineWidth: width })
    context.stroke()
  }

  /**
   * A neuron: black at 0, white at 1, with a ring if it is the answer.
   * @param {number} x
   * @param {number} y
   * @param {number} r
   * @param {number} a
   * @param {boolean} [ringed]
   */
  neuron(x, y, r, a, ringed = false) {
    const level = Math.round(255 * Math.min(1, Math.max(0, a)))
    this.disc(x, y, r, `rgb(${level},${level},${level})`, MUTED, Math.max(1.5, r / 16))
    if (ringed) this.disc(x, y, r + Math.max(3, r / 8), "transparent", ACCENT, Math.max(3, r / 8))
  }

  /**
   * Ink on black paper.
   * @param {Numbers} values
   * @param {Box} box
   * @param {number} [alpha]
   */
  ink28(values, box, alpha = 1) {
    this.cells(values, SIDE, SIDE, box, (a) => [255 * a, 255 * a, 255 * a, 255], alpha)
    this.frame(box)
  }

  /**
   * Signed numbers about a transparent zero; what is clearly negative holds a minus sign. `fixed`: they never change.
   * @param {Numbers} values
   * @param {Box} box
   * @param {number} limit
   * @param {{ alpha?: number, rows?: number, columns?: number, fixed?: boolean, framed?: boolean }} [how]
   */
  signed(values, box, limit, { alpha = 1, rows = SIDE, columns = SIDE, fixed = false, framed = true } = {}) {
    this.cells(values, rows, columns, box, (value) => diverging(value, limit), alpha, fixed ? `${limit}` : "")
    if (framed) this.frame(box)
    const [w, h] = [box.w / columns, box.h / rows]
    if (w < 4.5) return
    const { context } = this
    context.beginPath()
    for (let i = 0; i < values.length; i++) {
      if (values[i] >= -CLEAR * limit) continue
      const x = box.x + (i % columns + 0.25) * w, y = box.y + (Math.floor(i / columns) + 0.5) * h
      context.moveTo(x, y)
      context.lineTo(x + w / 2, y)
    }
    Object.assign(context, { strokeStyle: this.ink, lineWidth: Math.max(1, w / 9), globalAlpha: 0.75 * alpha })
    context.stroke()
    context.globalAlpha = 1
  }

  /**
   * @param {Numbers} values
   * @param {number} rows
   * @param {number} columns
   * @param {Box} box
   * @param {(value: number) => Rgba} colour
   * @param {number} [alpha]
   * @param {string} [key] of numbers that never change
   */
  cells(values, rows, columns, { x, y, w, h }, colour, alpha = 1, key = "") {
    const { context } = this, sheet = key && kept.get(values)?.get(key) || this.sheet(values, rows, columns, colour)
    if (key) kept.set(values, (kept.get(values) ?? new Map()).set(key, sheet))
    context.imageSmoothingEnabled = false
    context.globalAlpha = alpha
    context.drawImage(sheet, x, y, w, h)
    context.globalAlpha = 1
  }

  /**
   * @param {Numbers} values
   * @param {number} rows
   * @param {number} columns
   * @param {(value: number) => Rgba} colour
   */
  sheet(values, rows, columns, colour) {
    const sheet = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
    const context = pen(sheet), image = context.createImageData(columns, rows)
    values.forEach((value, i) => image.data.set(colour(value), 4 * i))
    context.putImageData(image, 0, 0)
    return sheet
  }
}
