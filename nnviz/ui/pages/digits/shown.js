// @ts-check
// Pictures of digits: one, and the nearest in their figure.

import { trace } from "../../live/charts.js"
import { SIDE } from "../../live/constants.js"
import { cover, pen, write } from "../../live/drawing.js"

/** @import { Plot } from "../../live/types.d.ts" */
/** @import { Near } from "./neighbours.js" */
/** @import { Sent } from "./sent.js" */

/**
 * @param {Uint8Array} pixels
 * @param {number} k
 */
export function pictureOf(pixels, k) {
  const image = new ImageData(SIDE, SIDE)
  for (let i = 0; i < SIDE * SIDE; i++) {
    const grey = pixels[k * SIDE * SIDE + i]
    image.data.set([grey, grey, grey, 255], 4 * i)
  }
  return image
}

/**
 * Paint other digits and captions into the figure of the nearest, until Plotly draws it again.
 * @param {Plot<"nearest">} gd
 * @param {Near[]} found
 * @param {Uint8Array} pixels
 * @param {Sent} map
 */
export function paintNearest(gd, found, pixels, { labels, classes }) {
  const image = /** @type {SVGImageElement | null} */ (gd.querySelector(".imagelayer image"))
  const { data } = trace(gd, "pictures"), texts = trace(gd, "captions").drawn?.querySelectorAll(".textpoint text")
  if (!image || !texts) return
  const laid = /** @type {HTMLCanvasElement | null | undefined} */ (image.nextElementSibling?.firstChild)
  const [wide, high] = [gd.layout.xaxis, gd.layout.yaxis].map((axis) => Math.max(.../** @type {{ range: number[] }} */ (axis).range))
  const sheet = pen(laid ?? cover(gd, image, wide, high))
  found.forEach(({ k, apart }, at) => {
    sheet.putImageData(pictureOf(pixels, k), Number(data.x[at]) - SIDE / 2, Number(data.y[at]) - SIDE / 2)
    if (texts[at]) write(texts[at], `${classes[labels[k]]}: ${apart.toFixed(2)}`)
  })
}
