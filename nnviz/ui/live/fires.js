// @ts-check
// For how many of the test digits the painted neuron fires, and how their sums are spread, while brush and threshold move:
// as build.respond_exactly, in whole thousandths times whole greys, so that both languages agree on digits that lie on the
// threshold.

import { trace } from "./charts.js"
import { ROW, SIDE, STEPS } from "./constants.js"
import { MANY } from "./digits.js"
import { write } from "./drawing.js"

/** @import { Digits, Plot } from "./types.d.ts" */

export class Fires {
  levels = new Int16Array(SIDE * SIDE) // those that the sums are of
  positive = new Float64Array(MANY)
  negative = new Float64Array(MANY)

  /** @param {Digits} digits */
  constructor(digits) {
    this.digits = digits
  }

  /**
   * Take what was painted since into the sums.
   * @param {Int16Array} levels
   */
  paint(levels) {
    const { starts, which, greys } = this.digits
    levels.forEach((level, pixel) => {
      const before = this.levels[pixel]
      if (level === before) return
      const more = Math.max(level, 0) - Math.max(before, 0), less = Math.min(level, 0) - Math.min(before, 0)
      for (let i = starts[pixel]; i < starts[pixel + 1]; i++) {
        this.positive[which[i]] += more * greys[i]
        this.negative[which[i]] += less * greys[i]
      }
    })
    this.levels = levels.slice()
  }

  /** @param {number} digit's number */
  sum(digit) {
    const unit = 255 * STEPS
    return this.positive[digit] / unit + this.negative[digit] / unit
  }

  /**
   * For how many of each digit it fires.
   * @param {number} bias
   */
  count(bias) {
    const found = new Uint16Array(10)
    for (let i = 0; i < MANY; i++) if (this.sum(i) + bias > 0) found[this.digits.labels[i]]++
    return found
  }

  /**
   * How many of each digit have a sum in each of the bins, which all have the same width; those outside are left out.
   * @param {number} low
   * @param {number} width
   * @param {number} bins
   */
  spread(low, width, bins) {
    const found = Array.from({ length: 10 }, () => new Uint16Array(bins))
    for (let i = 0; i < MANY; i++) {
      const sum = this.sum(i), bin = sum === low + width * bins ? bins - 1 : Math.floor((sum - low) / width)
      if (bin >= 0 && bin < bins) found[this.digits.labels[i]][bin]++
    }
    return found
  }
}

const COARSE = 60 // bins over the whole axis, where Python's are too narrow for what is painted since

/**
 * Draw the rows of steps that figures.sums_by_digit draws, on both sides of the threshold.
 * @param {Plot<"sums_by_digit"> | undefined} gd
 * @param {Fires} fires
 * @param {number} bias
 */
export function showSteps(gd, fires, bias) {
  const paths = gd && pathsOf(gd)
  if (!paths) return // Plotly has yet to draw it
  const { edges } = gd.layout.meta
  const { xaxis, yaxis } = gd._fullLayout, [from, to] = xaxis.range
  const own = edges[1] - edges[0], width = own * COARSE < to - from ? (to - from) / COARSE : own
  const low = edges[0] - width * Math.floor((edges[0] - from) / width), bins = Math.floor((to - low) / width)
  const cut = Math.max(low, Math.min(low + width * bins, -bias)), rows = fires.spread(low, width, bins)
  for (const [k, path] of paths.entries()) path.setAttribute("d", rows.map((row, digit) => {
    const floor = rows.length - 1 - digit, unit = ROW / Math.max(1, ...row)
    return steps(row, k ? [cut, to] : [from, cut], low, width, (x) => xaxis.l2p(x), (n) => yaxis.l2p(floor + unit * n))
  }).join(""))
}

/**
 * What Plotly has drawn of both sides; where nothing lies on one of them, there is nothing of it yet but what we add.
 * @param {Plot<"sums_by_digit">} gd
 * @returns {Element[] | undefined}
 */
function pathsOf(gd) {
  const sides = [trace(gd, "silent"), trace(gd, "fires")]
  const drawn = sides.map((side) => side.drawn?.querySelector("path.js-fill")), one = drawn[0] ?? drawn[1]
  if (!one) return undefined
  return drawn.map((path, k) => path ?? added(one, sides[k].data.fillcolor))
}

/**
 * @param {Element} beside
 * @param {string} colour
 */
function added(beside, colour) {
  const known = beside.parentElement?.querySelector("[data-added]")
  if (known) return known
  const path = /** @type {SVGElement} */ (beside.cloneNode())
  path.dataset.added = path.style.fill = colour
  beside.after(path)
  return path
}

/**
 * One row's steps between two sums, closed along its floor.
 * @param {Uint16Array} row
 * @param {number[]} between
 * @param {number} low
 * @param {number} width
 * @param {(sum: number) => number} across
 * @param {(count: number) => number} up
 */
function steps(row, [from, to], low, width, across, up) {
  const floor = up(0), path = /** @type {string[]} */ ([])
  row.forEach((count, bin) => {
    const left = Math.max(from, low + width * bin), right = Math.min(to, low + width * (bin + 1))
    if (left < right && count) path.push(`M${across(left)},${floor}V${up(count)}H${across(right)}V${floor}Z`)
  })
  return path.join("")
}

/**
 * @param {Plot<"sums_by_digit"> | undefined} gd
 * @param {Uint16Array} fires
 */
export function showFires(gd, fires) {
  const total = document.querySelector("[data-count=fires]")
  if (total) write(total, fires.reduce((sum, n) => sum + n, 0).toLocaleString("en-US"))
  if (!gd) return
  const { data, drawn } = trace(gd, "counts"), texts = drawn?.querySelectorAll(".textpoint text") ?? []
  fires.forEach((n, digit) => {
    const row = data.text.length - fires.length + digit, of = data.text[row].split(" of ")[1]
    data.text[row] = `  ${n.toLocaleString("en-US")} of ${of}`
    if (texts[row]) write(texts[row], data.text[row])
  })
}
