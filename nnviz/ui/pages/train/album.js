// @ts-check
// A course taken home: the scrubber, the maps and the curve in a page of their own, without Plotly and without a server.

import { readCourse } from "../../live/course.js"
import { diverging, pen } from "../../live/drawing.js"
import { extremes } from "../../live/learned.js"

const FILM = 6000, CELL = 6, GAP = 6, MOST = 36

/** @param {string} selector */
const own = (selector) => /** @type {Element} */ (document.querySelector(selector))

const bytes = Uint8Array.from(atob(own("#course").textContent ?? ""), (letter) => letter.charCodeAt(0))
const course = readCourse(bytes), { moments, curve, steps, held } = course, last = moments.length - 1
const range = /** @type {HTMLInputElement} */ (own("input")), button = /** @type {HTMLButtonElement} */ (own("button"))
const canvas = /** @type {HTMLCanvasElement} */ (own("canvas"))
const side = Math.round(Math.sqrt(course.recipe.sizes[0])), many = Math.min(MOST, course.recipe.sizes[1])
const columns = Math.ceil(Math.sqrt(many)), pitch = side * CELL + GAP
const across = (/** @type {number} */ step) => (640 * Math.log1p(step)) / Math.log1p(steps)
let playing = 0

/** @param {number} at */
function show(at) {
  const moment = moments[at], W = moment.layers()[0].W, sheet = pen(canvas)
  let limit = 0
  for (const weight of W) limit = Math.max(limit, Math.abs(weight))
  sheet.clearRect(0, 0, canvas.width, canvas.height)
  for (let k = 0; k < many; k++) drawMap(sheet, W, k, limit || 1)
  const read = `${(100 * moment.right[1]).toFixed(1)} % of the ${held} digits read correctly`
  own("output").textContent = `${moment.step.toLocaleString("en")} batches, ${moment.epoch.toFixed(1)} epochs: ${read}`
  range.value = String(at)
  range.setAttribute("aria-valuetext", own("output").textContent ?? "")
  for (const end of ["x1", "x2"]) own("line").setAttribute(end, String(across(moment.step)))
}

/**
 * @param {CanvasRenderingContext2D} sheet
 * @param {import("../../live/types.d.ts").Numbers} W
 * @param {number} k
 * @param {number} limit
 */
function drawMap(sheet, W, k, limit) {
  const [left, top] = [(k % columns) * pitch, Math.floor(k / columns) * pitch]
  for (let i = 0; i < side * side; i++) {
    const [red, green, blue, opacity] = diverging(W[k * side * side + i], limit)
    sheet.fillStyle = `rgba(${red},${green},${blue},${opacity / 255})`
    sheet.fillRect(left + (i % side) * CELL, top + Math.floor(i / side) * CELL, CELL, CELL)
  }
  sheet.strokeStyle = "#80849188"
  sheet.strokeRect(left + 0.5, top + 0.5, side * CELL - 1, side * CELL - 1)
  sheet.fillStyle = getComputedStyle(document.body).color
  extremes(W, k * side * side, side, side).forEach((at, sign) => {
    sheet.fillText(sign ? "−" : "+", left + ((at % side) + 0.5) * CELL, top + (Math.floor(at / side) + 0.5) * CELL)
  })
}

function frame() {
  if (!playing) return
  const share = (performance.now() - playing) / FILM
  show(Math.min(last, Math.floor(share * moments.length)))
  if (share >= 1) stop()
  else requestAnimationFrame(frame)
}

function stop() {
  playing = 0
  button.textContent = "Play"
}

canvas.width = columns * pitch
canvas.height = Math.ceil(many / columns) * pitch
Object.assign(pen(canvas), { font: "bold 20px sans-serif", textAlign: "center", textBaseline: "middle" })
range.max = String(last)
range.addEventListener("input", () => {
  stop()
  show(Number(range.value))
})
button.addEventListener("click", () => {
  if (playing) return stop()
  playing = performance.now()
  button.textContent = "Stop"
  frame()
})
for (const [k, name] of ["training", "validation"].entries()) {
  const points = curve.map(({ step, right }) => `${across(step).toFixed(1)},${(180 - 160 * right[k]).toFixed(1)}`)
  own(`[data-is=${name}]`).setAttribute("points", points.join(" "))
}
show(last)
