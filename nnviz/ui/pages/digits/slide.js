// @ts-check
// Pictures in rows, as SVG for a slide below its title: 1920 x 960.

import { escaped } from "../../frame/svg.js"

/** @import { Cell } from "./grid.js" */

const WIDE = 1920, HIGH = 960, WORDS = 0.3 // of a picture's height, for its caption

/**
 * @param {Cell[]} cells
 * @param {number} columns
 */
export function onSlide(cells, columns) {
  const rows = Math.ceil(cells.length / columns), across = Math.ceil(cells.length / rows)
  const side = Math.min((WIDE - 80) / across / 1.12, (HIGH - 40) / rows / (1.12 + WORDS))
  const left = (WIDE - 1.12 * side * across) / 2
  return cells.map(({ canvas, caption }, at) => {
    const x = left + 1.12 * side * (at % across), y = (1.12 + WORDS) * side * Math.floor(at / across)
    const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${side.toFixed(1)}" height="${side.toFixed(1)}"`
    return `<image ${place} href="${canvas.toDataURL()}" style="image-rendering:pixelated"/>`
      + `<text x="${(x + side / 2).toFixed(1)}" y="${(y + (1 + 0.85 * WORDS) * side).toFixed(1)}" font-size="${(0.8 * WORDS * side).toFixed(1)}" `
      + `text-anchor="middle" fill="currentColor">${escaped(caption.textContent ?? "")}</text>`
  }).join("")
}
