// @ts-check
// The grid of weights a visitor paints: 28 x 28 numbers, each painted cell set to sign * strength. It tells Python on
// pointer-up, in thousandths; Python's own value replaces it only when `edition` changes. Meanwhile the sum, weights x
// input and the curve follow.

import { plot } from "./charts.js"
import { CLEAR, SIDE, STEPS } from "./constants.js"
import { CURVE, moveLine, showCurve, Threshold } from "./curve.js"
import { digits } from "./digits.js"
import { diverging, pen, showSum, showTerms } from "./drawing.js"
import { Fires, showFires, showSteps } from "./fires.js"
import { decode, sigmoid } from "./numbers.js"

/** @import { Component } from "./types.d.ts" */
/** @typedef {[row: number, column: number]} Cell */
/**
 * @typedef {object} Data What Python's `grid` sends: weights and input in base64.
 * @property {string} weights
 * @property {number} bias
 * @property {string} x
 * @property {number} edition
 * @property {number} sign
 * @property {number} strength
 * @property {number} width
 */

/** @type {Record<string, Cell>} */
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
/** @param {number} cell */
const inside = (cell) => Math.min(SIDE - 1, Math.max(0, cell))

/** @param {string} base64 */
function decodeLevels(base64) {
  return new Int16Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)
}

/** @param {Int16Array} levels */
function encodeLevels(levels) {
  return btoa(String.fromCharCode(...new Uint8Array(levels.buffer)))
}

/**
 * Set all cells whose centre lies within half the width of (row, column), and always the one it is in.
 * @param {Int16Array} levels
 * @param {number} row
 * @param {number} column
 * @param {number} width
 * @param {number} level
 */
function dab(levels, row, column, width, level) {
  const reach = width / 2
  for (let r = inside(Math.floor(row - reach)); r <= inside(Math.ceil(row + reach)); r++)
    for (let c = inside(Math.floor(column - reach)); c <= inside(Math.ceil(column + reach)); c++)
      if (Math.hypot(r - row, c - column) < reach) levels[r * SIDE + c] = level
  levels[inside(Math.round(row)) * SIDE + inside(Math.round(column))] = level
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 */
function own(root, selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector))
}

class Grid {
  leave = new AbortController()
  levels = new Int16Array(SIDE * SIDE)
  row = 13
  column = 13
  moved = false
  following = false
  ahead = false // of Python
  broken = false
  /** @type {{ id: number, at: Cell } | null} */
  pen = null
  /** @type {Component<Data>["setStateValue"] | undefined} */
  setStateValue
  /** @type {number | undefined} */
  edition
  level = 0
  width = 0
  until = 0
  x = new Float32Array(SIDE * SIDE)
  /** @type {Fires | undefined} */
  fires

  /** @param {HTMLElement} root */
  constructor(root) {
    this.threshold = new Threshold(
      () => this.follow(), (dragged) => this.setStateValue?.("threshold", dragged), this.leave.signal,
    )
    this.canvas = /** @type {HTMLCanvasElement} */ (own(root, "canvas"))
    this.signs = own(root, "svg path")
    this.cursor = own(root, "i")
    this.says = own(root, "output")
    this.listen(this.canvas)
    digits().then((found) => {
      this.fires = new Fires(found)
      this.fires.paint(this.levels)
      this.canvas.dataset.counts = "on"
    }, (error) => console.info(`nnviz: digits are counted after each stroke, not during it: ${error}`))
  }

  /** @param {HTMLCanvasElement} canvas */
  listen(canvas) {
    canvas.addEventListener("pointerdown", (event) => this.down(event))
    canvas.addEventListener("pointermove", (event) => this.move(event))
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) canvas.addEventListener(end, (event) => this.up(event))
    canvas.addEventListener("keydown", (event) => this.key(event))
    canvas.addEventListener("focus", () => this.mark(canvas.matches(":focus-visible")))
    canvas.addEventListener("blur", () => this.mark(false))
  }

  /** @param {boolean} shown */
  mark(shown) {
    this.cursor.hidden = !shown
  }

  /** @param {Component<Data>} component */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue
    this.level = Math.round(STEPS * data.sign * data.strength)
    this.width = data.width
    this.canvas.dataset.level = String(this.level)
    const replaced = data.edition !== this.edition
    this.edition = data.edition
    this.x = decode(data.x)
    this.threshold.update(data.bias, replaced)
    this.until = performance.now() + 500
    if (!replaced) return
    this.levels = decodeLevels(data.weights)
    this.show()
    if (this.ahead) this.showAgain()
  }

  show() {
    const sheet = pen(this.canvas), image = sheet.createImageData(SIDE, SIDE)
    const limit = this.levels.reduce((most, level) => Math.max(most, Math.abs(level)), STEPS)
    this.levels.forEach((level, i) => image.data.set(diverging(level, limit), 4 * i))
    sheet.putImageData(image, 0, 0)
    const negative = [...this.levels.keys()].filter((i) => this.levels[i] < -CLEAR * limit)
    this.signs.setAttribute("d", negative.map((i) => `M${(i % SIDE) + 0.25},${Math.floor(i / SIDE) + 0.5}h.5`).join(""))
  }

  /** Show what the neuron makes of the drawing: in float64, as painting.answers adds it up. */
  showNumbers() {
    const { levels, x, threshold: { bias } } = this
    const terms = Float64Array.from(levels, (level, i) => Math.fround(level / STEPS) * x[i])
    const sum = terms.reduce((total, term) => total + term, 0), z = sum + bias
    showSum(terms, bias, z, sigmoid(z))
    showTerms(plot("present_terms"), terms)
    showCurve(plot(CURVE), sum, bias)
    moveLine(plot("sums_by_digit"), -bias)
    this.fires?.paint(levels)
    if (!this.fires) return
    showFires(plot("sums_by_digit"), this.fires.count(bias))
    showSteps(plot("sums_by_digit"), this.fires, bias)
  }

  /** @param {() => void} work */
  guard(work) {
    if (this.broken) return
    try { work() } catch (error) {
      this.broken = true
      console.info(`nnviz: the numbers follow after each stroke, not during it: ${error}`)
    }
  }

  // Show the numbers now and on every frame, as long as the visitor is ahead of Python.
  follow() {
    this.ahead = this.moved = true
    if (!this.following) this.frame()
  }

  frame() {
    this.following = Boolean(this.pen) || this.threshold.busy
    if (this.following && !this.leave.signal.aborted) requestAnimationFrame(() => this.frame())
    if (!this.moved && performance.now() > this.until) return // `until`: Python has just redrawn, draw over it
    this.moved = false
    this.guard(() => this.showNumbers())
  }

  // Python has put something else on the grid, and may have sent the same figures as before the last stroke, which then
  // are not drawn again: take the stroke's numbers off them.
  showAgain() {
    this.ahead = false
    requestAnimationFrame(() => requestAnimationFrame(() => this.guard(() => this.showNumbers())))
  }

  send() {
    this.setStateValue?.("painted", { edition: this.edition, weights: encodeLevels(this.levels) })
  }

  /**
   * Where the pointer is, as row and column; whole numbers are the centres of cells.
   * @param {PointerEvent} event
   * @returns {Cell}
   */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    return [(SIDE * (clientY - top)) / height - 0.5, (SIDE * (clientX - left)) / width - 0.5]
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button || this.pen) return
    this.canvas.setPointerCapture(event.pointerId)
    this.pen = { id: event.pointerId, at: this.place(event) }
    this.stroke(this.pen, this.pen.at)
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (this.pen?.id !== event.pointerId) return
    for (const each of event.getCoalescedEvents?.() ?? []) this.stroke(this.pen, this.place(each))
    this.stroke(this.pen, this.place(event))
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (this.pen?.id !== event.pointerId) return
    this.pen = null
    this.send()
  }

  /**
   * Paint from where the pen was to where it is, a dab every half cell.
   * @param {{ at: Cell }} pen
   * @param {Cell} to
   */
  stroke(pen, to) {
    const from = pen.at, steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])))
    for (let k = 1; k <= steps; k++) {
      const [row, column] = [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * k) / steps)
      dab(this.levels, row, column, this.width, this.level)
    }
    pen.at = to
    const invitation = document.querySelector(".invitation")
    if (invitation instanceof HTMLElement) invitation.hidden = true
    this.show()
    this.follow()
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key]
    if (!move && event.key !== " ") return
    event.preventDefault()
    event.stopPropagation()
    if (move) {
      this.row = inside(this.row + move[0])
      this.column = inside(this.column + move[1])
    } else {
      dab(this.levels, this.row, this.column, this.width, this.level)
      this.show()
      this.follow()
      this.send()
    }
    this.mark(true)
    this.cursor.style.transform = `translate(${this.column * 100}%, ${this.row * 100}%)`
    const weight = (this.levels[this.row * SIDE + this.column] / STEPS).toFixed(2).replace("-", "−")
    this.says.textContent = `row ${this.row}, column ${this.column}: weight ${weight}`
  }
}

/** @type {WeakMap<HTMLElement, Grid>} */
const grids = new WeakMap()
/** @param {Component<Data>} component */
export default function (component) {
  const { parentElement } = component, grid = grids.get(parentElement) ?? new Grid(parentElement)
  grids.set(parentElement, grid)
  grid.update(component)
  return () => {
    grids.get(parentElement)?.leave.abort()
    grids.delete(parentElement)
  }
}
