// @ts-check
// The canvas: strokes with mouse, pen or finger, white on black, taken back one by one; a picture may lie under them.

import { PEN, SIDE } from "../live/constants.js"
import { grey, pen } from "../live/drawing.js"

/** @import { Numbers } from "../live/types.d.ts" */
/** @typedef {[x: number, y: number]} Point in shares of the canvas */

const SPEED = 1.1 // canvases a second, of an example being drawn

export class Ink {
  /** @type {Point[][]} */
  strokes = []
  /** @type {Numbers | null} */
  picture = null
  /** @type {number | null} the pointer that draws */
  id = null
  moved = false
  replaying = 0

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} changed at most once a frame
   * @param {() => void} ended once the pen is up
   */
  constructor(canvas, changed, ended) {
    Object.assign(this, { canvas, changed, ended })
    this.canvas = canvas
    this.changed = changed
    this.ended = ended
    this.pen = pen(canvas, { willReadFrequently: true })
    this.ink = new Float64Array(canvas.width * canvas.height)
    canvas.addEventListener("pointerdown", (event) => this.down(event))
    canvas.addEventListener("pointermove", (event) => this.move(event))
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) canvas.addEventListener(end, (event) => this.up(event))
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }) // no zoom, no scrolling
    this.redraw()
  }

  get blank() {
    return !this.strokes.length && !this.picture
  }

  /** Whether what is on it came prepared, and nothing has been drawn on it. */
  get untouched() {
    return !this.strokes.length
  }

  /** @param {PointerEvent} event */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect()
    return /** @type {Point} */ ([(clientX - left) / width, (clientY - top) / height])
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button || this.id !== null) return
    if (this.replaying) this.clear() // the example's digit goes, yours begins
    if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId)
    this.id = event.pointerId
    this.strokes.push([])
    this.to(this.place(event))
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (event.pointerId !== this.id) return
    const every = event.getCoalescedEvents?.() ?? []
    for (const each of every.length ? every : [event]) this.to(this.place(each))
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (event.pointerId !== this.id) return
    this.id = null
    this.ended()
  }

  /** @param {Point} point */
  to(point) {
    const stroke = this.strokes[this.strokes.length - 1]
    this.line(stroke[stroke.length - 1] ?? point, point)
    stroke.push(point)
    this.soon()
  }

  /**
   * @param {Point} from
   * @param {Point} to
   */
  line(from, to) {
    const { width } = this.canvas
    this.pen.beginPath()
    this.pen.moveTo(width * from[0], width * from[1])
    this.pen.lineTo(width * to[0], width * to[1])
    this.pen.stroke()
  }

  soon() {
    if (this.moved) return
    this.moved = true
    requestAnimationFrame(() => {
      this.moved = false
      this.changed()
    })
  }

  redraw() {
    const { width, height } = this.canvas
    Object.assign(this.pen, { fillStyle: "#000", strokeStyle: "#fff", lineWidth: PEN * width, lineCap: "round", lineJoin: "round" })
    this.pen.fillRect(0, 0, width, height)
    if (this.picture) this.lay(this.picture)
    for (const stroke of this.strokes) stroke.forEach((point, k) => this.line(stroke[Math.max(0, k - 1)], point))
    this.soon()
  }

  /** @param {Numbers} picture */
  lay(picture) {
    const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE })
    const under = pen(small), image = under.createImageData(SIDE, SIDE)
    picture.forEach((value, i) => image.data.set(grey(value), 4 * i))
    under.putImageData(image, 0, 0)
    this.pen.imageSmoothingEnabled = false
    this.pen.drawImage(small, 0, 0, this.canvas.width, this.canvas.height)
  }

  /** @param {Numbers | null} picture */
  load(picture) {
    Object.assign(this, { strokes: [], picture, replaying: 0, id: null })
    this.redraw()
  }

  clear() {
    this.load(null)
  }

  undo() {
    if (this.strokes.length) this.strokes.pop()
    else this.picture = null
    Object.assign(this, { replaying: 0, id: null })
    this.redraw()
  }

  /**
   * Draw strokes as a hand would, or at once.
   * @param {Point[][]} strokes
   * @param {boolean} atOnce
   */
  replay(strokes, atOnce) {
    this.load(null)
    const points = strokes.flatMap((stroke) => stroke.map((point, k) => ({ point, first: k === 0 })))
    const number = ++this.serial
    this.replaying = number
    let drawn = 0, length = 0
    const began = performance.now()
    const frame = (/** @type {number} */ now) => {
      if (this.replaying !== number) return
      while (drawn < points.length && (atOnce || length <= SPEED * (now - began) / 1000)) {
        const { point, first } = points[drawn++], before = points[drawn - 2]?.point ?? point
        length += Math.hypot(point[0] - before[0], point[1] - before[1])
        if (first) this.strokes.push([])
        this.to(point)
      }
      if (drawn < points.length) requestAnimationFrame(frame)
      else {
        this.replaying = 0
        this.ended()
      }
    }
    frame(began)
  }

  serial = 0

  /** What is on the canvas: ink row by row, 0..1. */
  read() {
    const { width, height } = this.canvas, { data } = this.pen.getImageData(0, 0, width, height), { ink } = this
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i] / 255
    return ink
  }
}
