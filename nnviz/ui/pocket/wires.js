// @ts-check
// What passes between the layers now: each neuron's strongest terms, weight × activation, as lines. Blue adds, red and
// broken takes away.

import { BLUE, BROKEN, RED } from "../live/constants.js"
import { strongest } from "../live/wiring.js"
import { sharp } from "./dom.js"

/** @import { Network, Pass, Place } from "../live/types.d.ts" */
/** @typedef {[x: number, y: number]} Point */
/** @typedef {{ value: number, share: number, from: Point, to: Point, bright: boolean }} Line */

const FINE = 1.5, FAINT = 0.06 // pixels a page's pixel; of the strongest: what is fainter is not seen, but takes as long
const ALL = 400, EACH = 4, FROM_PIXELS = 5, MOST = 400_000 // connections, of a layer; of more, only each neuron's strongest

export class Wires {
  /** @type {Point[][]} where the neurons are */
  ends = []
  /** @type {Point[][]} where lines to later neurons begin */
  starts = []

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLCanvasElement} picture
   */
  constructor(canvas, picture) {
    this.canvas = canvas
    this.picture = picture
  }

  /**
   * Find where the neurons are on the page.
   * @param {Network} network
   * @param {Element[][]} tops what lines to each neuron end at
   * @param {Element[][]} bottoms what lines from it begin at
   */
  place({ shape: [rows, columns] }, tops, bottoms) {
    const own = this.canvas.getBoundingClientRect(), input = this.picture.getBoundingClientRect()
    const pixels = Array.from({ length: rows * columns }, (_, i) => /** @type {Point} */ ([
      input.left - own.left + ((i % columns) + 0.5) / columns * input.width,
      input.top - own.top + (Math.floor(i / columns) + 0.5) / rows * input.height,
    ]))
    const middles = (/** @type {Element[]} */ list, /** @type {"top" | "bottom"} */ side) => list.map((each) => {
      const box = each.getBoundingClientRect()
      return /** @type {Point} */ ([box.left + box.width / 2 - own.left, box[side] - own.top])
    })
    this.ends = tops.map((list) => middles(list, "top"))
    this.starts = [pixels, ...bottoms.map((list) => middles(list, "bottom"))]
  }

  /**
   * @param {Network} network
   * @param {Pass} pass
   * @param {Place | null} chosen
   */
  show({ layers }, { activations }, chosen) {
    const { context } = sharp(this.canvas, FINE)
    layers.forEach((layer, n) => {
      const a = activations[n], size = a.length * layer.b.length
      if (size > MOST) return
      const lines = strongest(layer, a, n === 0 ? FROM_PIXELS : size <= ALL ? a.length : EACH)
      const most = lines.reduce((all, { value }) => Math.max(all, Math.abs(value)), 0)
      for (const { source, target, value } of lines) {
        const share = Math.abs(value) / most, bright = chosen?.[0] === n + 1 && chosen[1] === target
        if (share > FAINT) draw(context, { value, share, from: this.starts[n][source], to: this.ends[n][target], bright })
      }
    })
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} line
 */
function draw(context, { value, share, from: [x0, y0], to: [x1, y1], bright }) {
  const bend = (y1 - y0) / 2
  context.globalAlpha = bright ? 0.35 + 0.65 * share : 0.6 * share ** 0.8
  context.strokeStyle = `rgb(${(value > 0 ? BLUE : RED).join(" ")})`
  context.lineWidth = bright ? 1.2 + 1.8 * share : 0.6 + 1.4 * share
  context.setLineDash(value > 0 ? [] : BROKEN)
  context.beginPath()
  context.moveTo(x0, y0)
  context.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1)
  context.stroke()
}
