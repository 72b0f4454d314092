// @ts-check
// Pictures of digits, from their pixels.

import { pen } from "../../live/drawing.js"

/** @typedef {readonly [rows: number, columns: number]} Shape */

/**
 * Paint one of many pictures onto a canvas, which takes its size.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {number} k
 * @param {Shape} shape
 */
export function paintPicture(canvas, pixels, k, [rows, columns]) {
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows })
  const image = new ImageData(columns, rows), words = new Uint32Array(image.data.buffer), from = k * rows * columns
  for (let i = 0; i < words.length; i++) words[i] = 0xff000000 | pixels[from + i] * 0x10101
  pen(canvas).putImageData(image, 0, 0)
}
