// @ts-check
// What the page shows of one moment of a training: weight maps, curves, how many of each digit are read.

import { part, plot, shape, trace } from "./charts.js"
import { diverging, paint, write } from "./drawing.js"

/** @import { Numbers, Plot } from "./types.d.ts" */
/** @import { Marks, Moment } from "./course.js" */

/**
 * The weight maps, on one scale of their own at each moment, as figures.forming draws them.
 * @param {Numbers} W of the first layer
 * @returns {number} the end of the scale, 0 if there is no figure for it yet
 */
export function showMaps(W) {
  const gd = plot("forming")
  if (!gd) return 0
  const { maps, corners } = gd.layout.meta, size = gd.layout.meta.shape[0] * gd.layout.meta.shape[1]
  let limit = 0
  for (const weight of W) limit = Math.max(limit, Math.abs(weight))
  limit ||= 1
  if (W.length < maps.length * size || !trace(gd, maps[0]).drawn?.querySelector("image")) return 0
  maps.forEach((name, k) => {
    const map = W.subarray(k * size, (k + 1) * size)
    Object.assign(trace(gd, name).data, { zmin: -limit, zmax: limit })
    paint(gd, name, map, (value) => diverging(value, limit))
  })
  showSigns(gd, W, corners)
  return limit
}

/**
 * A + and a − where each map, averaged over 3 x 3 cells, is largest and smallest.
 * @param {Plot<"forming">} gd
 * @param {Numbers} W
 * @param {[number, number][]} corners
 */
function showSigns(gd, W, corners) {
  const { data, drawn } = trace(gd, "signs"), [rows, columns] = gd.layout.meta.shape
  const texts = drawn?.querySelectorAll(".textpoint text") ?? [], { xaxis, yaxis } = gd._fullLayout
  if (texts.length !== 2 * corners.length) return
  corners.forEach(([x, y], k) => {
    const places = extremes(W, k * rows * columns, rows, columns)
    places.forEach((at, sign) => {
      const text = /** @type {SVGElement} */ (texts[2 * k + sign]), n = 2 * k + sign
      const [across, down] = [x + (at % columns), y + Math.floor(at / columns)]
      const [dx, dy] = [across - Number(data.x[n]), down - Number(data.y[n])]
      text.style.transform = `translate(${xaxis.l2p(dx) - xaxis.l2p(0)}px,${yaxis.l2p(dy) - yaxis.l2p(0)}px)`
    })
  })
}

/**
 * Which cell of a map, averaged over 3 x 3 cells, is the largest, and which the smallest.
 * @param {Numbers} W
 * @param {number} start
 * @param {number} rows
 * @param {number} columns
 */
export function extremes(W, start, rows, columns) {
  let most = -Infinity, least = Infinity, high = 0, low = 0
  const sums = new Float64Array(rows * columns)
  for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) {
    const at = start + i
    sums[i] = (c ? W[at - 1] : 0) + W[at] + (c < columns - 1 ? W[at + 1] : 0)
  }
  for (let r = 0, i = 0; r < rows; r++) for (let c = 0; c < columns; c++, i++) {
    const sum = (r ? sums[i - columns] : 0) + sums[i] + (r < rows - 1 ? sums[i + columns] : 0)
    if (sum > most) [most, high] = [sum, i]
    if (sum < least) [least, low] = [sum, i]
  }
  return [high, low]
}

/**
 * The curves so far, and the line at the moment shown.
 * @param {Marks[]} curve
 * @param {Moment} moment
 */
export function showCurves(curve, moment) {
  const gd = plot("course")
  if (!gd) return
  const { beginning } = gd.layout.meta, steps = curve.map(({ step }) => step)
  const x = steps.map((step) => Math.max(step, beginning))
  line(gd, "training", x, steps, curve.map(({ right }) => right[0]))
  line(gd, "validation", x, steps, curve.map(({ right }) => right[1]))
  line(gd, "training loss", x, steps, curve.map(({ loss }) => loss[0]))
  line(gd, "validation loss", x, steps, curve.map(({ loss }) => loss[1]))
  if (curve.length > 1 && !trace(gd, "validation").drawn?.querySelector(".js-line")) window.Plotly?.redraw(gd) // at first
  const { given, drawn } = shape(gd, "moment"), { xaxis } = gd._fullLayout
  const place = (/** @type {number} */ at) => xaxis.l2p(Math.log10(Math.max(at, beginning)))
  if (drawn) drawn.style.transform = `translateX(${place(moment.step) - place(given.x0)}px)`
}

/**
 * @param {Plot<"course">} gd
 * @param {"training" | "validation" | "training loss" | "validation loss"} name
 * @param {number[]} x
 * @param {number[]} steps
 * @param {number[]} y
 */
function line(gd, name, x, steps, y) {
  const { data, drawn } = trace(gd, name), { xaxis } = gd._fullLayout
  const yaxis = gd._fullLayout[`yaxis${(data.yaxis ?? "y").slice(1)}`]
  Object.assign(data, { x, y, customdata: steps })
  const path = x.map((at, k) => `${xaxis.l2p(Math.log10(at)).toFixed(1)},${yaxis.l2p(y[k]).toFixed(1)}`)
  drawn?.querySelector(".js-line")?.setAttribute("d", `M${path.length > 1 ? path.join("L") : `${path[0]}h.1`}`)
}

/** @param {number[]} byDigit the share of each digit that is read correctly */
export function showDigits(byDigit) {
  part("by_digit_read")?.querySelectorAll("li").forEach((row, k) => {
    const bar = row.querySelector("i"), number = row.querySelector("code")
    if (bar) bar.style.transform = `scaleX(${byDigit[k].toFixed(3)})`
    if (number) write(number, `${(100 * byDigit[k]).toFixed(0)} %`)
  })
}
