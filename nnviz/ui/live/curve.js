// @ts-check
// The painted neuron's threshold: its curve redrawn while brush or threshold move, and the threshold dragged on it with
// mouse, pen or finger. Python hears of a drag now and then and at its end; it stays the authority.

import { note, part, plot, shape, trace } from "./charts.js"
import { NEAR } from "./constants.js"
import { write } from "./drawing.js"
import { sigmoid, signed } from "./numbers.js"

/** @import { Axis, Plot } from "./types.d.ts" */
/** @typedef {Plot<"threshold_curve">} Curve */

export const CURVE = "threshold_curve"
const PAUSE = 150, PATIENCE = 1000 // ms between messages; and for an answer to come

/**
 * Draw what figures.threshold draws, for another sum or bias: curve, point, line and the line's name.
 * @param {Curve | undefined} gd
 * @param {number} sum
 * @param {number} bias
 */
export function showCurve(gd, sum, bias) {
  if (!gd) return
  const neuron = trace(gd, "neuron"), point = neuron.drawn?.querySelector(".point")
  if (!point) return // Plotly has yet to draw it
  const { xaxis, yaxis } = gd._fullLayout, [low, high] = xaxis.range
  const place = (/** @type {number} */ s) => `${xaxis.l2p(s)},${yaxis.l2p(sigmoid(s + bias))}`
  const over = Array.from({ length: 241 }, (_, k) => low + ((high - low) * k) / 240)
  Object.assign(neuron.data, { x: [sum], y: [sigmoid(sum + bias)] })
  trace(gd, "sigmoid").drawn?.querySelector(".js-line")?.setAttribute("d", `M${over.map(place).join("L")}`)
  point.setAttribute("transform", `translate(${place(Math.max(low, Math.min(high, sum)))})`)
  moveLine(gd, -bias)
  nameLine(gd, -bias, (-bias - low) / (high - low))
}

/**
 * @param {Curve | Plot<"sums_by_digit"> | undefined} gd
 * @param {number} at
 */
export function moveLine(gd, at) {
  if (!gd) return
  const { given, drawn } = shape(gd, "threshold"), { xaxis } = gd._fullLayout
  if (drawn) drawn.style.transform = `translateX(${xaxis.l2p(at) - xaxis.l2p(given.x0)}px)`
}

/** @type {WeakMap<Element, number>} how far each name has been moved */
const shifts = new WeakMap()

/**
 * Write the line's name beside it, on the side where it stays inside the figure (building.py, _side).
 * @param {Curve} gd
 * @param {number} at
 * @param {number} share
 */
function nameLine(gd, at, share) {
  const name = note(gd, "threshold"), text = name?.querySelector("text")
  if (!name || !text) throw new Error("the threshold's name is not drawn")
  write(text, `threshold −b = ${signed(at, 2)}`)
  const anchor = share < NEAR ? 0 : share > 1 - NEAR ? 1 : 0.5
  const { left, width } = text.getBoundingClientRect(), { xaxis, _size } = gd._fullLayout
  const wanted = gd.getBoundingClientRect().left + _size.l + xaxis.l2p(at) - anchor * width
  const shift = (shifts.get(name) ?? 0) + wanted - left
  shifts.set(name, shift)
  name.style.transform = `translateX(${shift}px)`
}

/** @typedef {{ id: number, began: number, xaxis: Axis, left: number, step: number, at: number }} Drag */

export class Threshold {
  bias = 0
  told = 0
  time = 0
  heard = true
  /** @type {Drag | null} */
  drag = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer

  /**
   * @param {() => void} moved called when the bias is another
   * @param {(dragged: { at: number, began: number }) => void} tell lets Python know
   * @param {AbortSignal} signal
   */
  constructor(moved, tell, signal) {
    this.moved = moved
    this.tell = tell
    const how = { capture: true, signal }
    document.addEventListener("pointerdown", (event) => this.down(event), how)
    document.addEventListener("pointermove", (event) => this.move(event), how)
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
      document.addEventListener(end, (event) => this.up(event), how)
  }

  /** Whether what is on screen may be ahead of Python. */
  get busy() {
    return Boolean(this.drag) || (!this.heard && performance.now() - this.time < PATIENCE)
  }

  /**
   * @param {number} bias
   * @param {boolean} replaced
   */
  update(bias, replaced) {
    this.heard ||= bias === this.told
    if (!this.drag && (replaced || !this.busy)) Object.assign(this, { bias, told: bias, heard: true })
    if (this.drag) this.say()
  }

  /** @param {PointerEvent} event */
  down(event) {
    const gd = plot(CURVE), { target } = event
    if (event.button || this.drag || !(target instanceof Element) || !gd?.contains(target) || !target.closest(".nsewdrag")) return
    event.preventDefault() // the drag is ours, not Plotly's, and selects no text
    part("curve")?.setPointerCapture(event.pointerId) // the chart itself is another after each answer of Python
    // Where the axis is, for the whole drag: each answer of Python makes another chart, drawn at another width at first.
    const { xaxis, _size } = gd._fullLayout, left = gd.getBoundingClientRect().left + _size.l
    this.drag = { id: event.pointerId, began: Date.now(), xaxis, left, step: gd.layout.meta.step, at: 0 }
    this.move(event)
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.drag?.id !== event.pointerId) return
    const { xaxis, left, step } = this.drag, [low, high] = xaxis.range
    const at = xaxis.p2l(event.clientX - left)
    this.drag.at = Number((step * Math.round(Math.max(low, Math.min(high, at)) / step)).toFixed(3))
    this.bias = Math.fround(-this.drag.at)
    this.moved()
    this.say()
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.drag?.id !== event.pointerId) return
    this.say(true)
    this.drag = null
  }

  /** Tell Python, unless it was told just now or has not answered yet: then a little later. */
  say(last = false) {
    clearTimeout(this.timer)
    const wait = this.time + (this.heard ? PAUSE : PATIENCE) - performance.now()
    if (!this.drag || this.bias === this.told) return
    if (wait > 0 && !last) {
      this.timer = setTimeout(() => this.say(), wait)
      return
    }
    Object.assign(this, { told: this.bias, time: performance.now(), heard: false })
    this.tell({ at: this.drag.at, began: this.drag.began })
  }
}
