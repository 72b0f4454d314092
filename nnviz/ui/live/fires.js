// @ts-check
// For how many of the test digits the painted neuron fires, while brush and threshold move: as build.respond_exactly, in
// whole thousandths times whole greys, so that both languages agree on digits that lie on the threshold.

import { trace } from "./charts.js"
import { SIDE, STEPS } from "./constants.js"
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

  /**
   * For how many of each digit it fires.
   * @param {number} bias
   */
  count(bias) {
    const unit = 255 * STEPS, found = new Uint16Array(10)
    for (let i = 0; i < MANY; i++) {
      if (this.positive[i] / unit + this.negative[i] / unit + bias > 0) found[this.digits.labels[i]]++
    }
    return found
  }
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
