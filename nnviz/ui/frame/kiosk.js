// @ts-check
// The kiosk: left alone, recorded digits are drawn stroke by stroke over the canvas, and every figure follows through the
// live part. The first touch takes them away and hands over a clean canvas.

/** @import { Component } from "../live/types.d.ts" */
/** @typedef {[x: number, y: number][]} Stroke */
/** @typedef {Component<{ seconds: number, digits: Stroke[][], pen: number }>} Booth */

const PEN = 0.25, REST = 2200 // canvas pixels a millisecond; milliseconds a finished digit stays
const ALONE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]
const FLAG = "nnviz kiosk" // in the window's own store: this page was opened to replay

function upperCanvas() {
  const shadow = [...document.querySelectorAll(".st-key-ink *")].map((e) => e.shadowRoot).find(Boolean)
  return /** @type {HTMLCanvasElement | null | undefined} */ (shadow?.querySelector("canvas.upper-canvas"))
}

/** @param {HTMLCanvasElement} canvas */
const show = (canvas) => document.dispatchEvent(new CustomEvent("nnviz-show", { detail: canvas }))

/** @param {HTMLElement | null} button */
const press = (button) => button?.click()

class Kiosk {
  leaving = new AbortController()
  wait = Infinity // milliseconds
  width = 0
  begun = 0
  /** @type {Stroke[][]} */
  digits = []
  /** @type {number | undefined} the digit that is drawn */
  at
  /** @type {HTMLCanvasElement | null} */
  sheet = null

  constructor() {
    const { signal } = this.leaving
    for (const kind of ALONE) document.addEventListener(kind, (event) => this.touch(event), { capture: true, signal })
    this.since = sessionStorage.getItem(FLAG) ? -Infinity : performance.now()
    sessionStorage.removeItem(FLAG)
    this.clock = setInterval(() => this.look(), 500)
  }

  /** @param {Booth} component */
  update({ data }) {
    Object.assign(this, { wait: data.seconds * 1000, digits: data.digits, width: data.pen })
  }

  leave() {
    this.leaving.abort()
    clearInterval(this.clock)
    this.stop()
  }

  look() {
    if (this.sheet?.isConnected || performance.now() - this.since < this.wait) return
    const upper = upperCanvas()
    if (upper) return this.start(upper)
    sessionStorage.setItem(FLAG, "1") // a page without a canvas: go to the one that has
    press(document.querySelector("[data-testid=stTopNavLink]"))
    this.since = performance.now()
  }

  /** @param {Event} event */
  touch(event) {
    this.since = performance.now()
    if (!this.sheet || event.type === "pointermove") return
    event.preventDefault()
    event.stopPropagation()
    this.stop()
    press(document.querySelector(".st-key-clear button"))
  }

  /** @param {HTMLCanvasElement} upper */
  start(upper) {
    this.sheet = Object.assign(document.createElement("canvas"), { width: upper.width, height: upper.height })
    this.sheet.dataset.kiosk = "on"
    this.sheet.style.cssText = "position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none"
    upper.after(this.sheet)
    this.next()
  }

  stop() {
    if (!this.sheet) return
    this.paper(this.sheet)
    show(this.sheet)
    this.sheet.remove()
    this.sheet = null
  }

  /** @param {HTMLCanvasElement} sheet */
  paper(sheet) {
    const pen = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"))
    pen.fillStyle = "#000"
    pen.fillRect(0, 0, sheet.width, sheet.height)
    return pen
  }

  next() {
    this.at = ((this.at ?? Math.floor(Math.random() * this.digits.length)) + 1) % this.digits.length
    this.begun = performance.now()
    this.frame(this.digits[this.at])
  }

  /** @param {Stroke[]} digit */
  frame(digit) {
    if (!this.sheet?.isConnected) return
    const drawn = this.draw(this.sheet, digit, PEN * (performance.now() - this.begun))
    show(this.sheet)
    if (drawn) setTimeout(() => this.sheet && this.next(), REST)
    else requestAnimationFrame(() => this.frame(digit))
  }

  /**
   * Draw so much of a digit's way; true when that is all of it.
   * @param {HTMLCanvasElement} sheet
   * @param {Stroke[]} digit
   * @param {number} way
   */
  draw(sheet, digit, way) {
    const pen = this.paper(sheet), scale = sheet.width / 280
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: this.width * scale, lineCap: "round", lineJoin: "round" })
    for (const stroke of digit) {
      pen.beginPath()
      pen.moveTo(stroke[0][0] * scale, stroke[0][1] * scale)
      pen.lineTo(stroke[0][0] * scale, stroke[0][1] * scale)
      for (let i = 1; i < stroke.length && way > 0; i++) {
        pen.lineTo(stroke[i][0] * scale, stroke[i][1] * scale)
        way -= Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1])
      }
      pen.stroke()
      if (way <= 0) return false
    }
    return true
  }
}

/** @type {WeakMap<HTMLElement, Kiosk>} */
const kiosks = new WeakMap()
/** @param {Booth} component */
export default function (component) {
  const { parentElement } = component, kiosk = kiosks.get(parentElement) ?? new Kiosk()
  kiosks.set(parentElement, kiosk)
  kiosk.update(component)
  return () => {
    kiosks.get(parentElement)?.leave()
    kiosks.delete(parentElement)
  }
}
