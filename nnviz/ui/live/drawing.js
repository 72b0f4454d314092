// @ts-check
// What the live parts paint with: new numbers into a chart, a sum or a curve already on the page.

import { part, trace } from "./charts.js"
import { BLUE, CLEAR, POWER, RED } from "./constants.js"
import { addUp, signed } from "./numbers.js"

/** @import { Key, Numbers, Plot, Rgba, TraceData, TraceName } from "./types.d.ts" */
/** @typedef {HTMLCanvasElement & { image: ImageData }} Sheet */

/**
 * @param {number} a
 * @returns {Rgba}
 */
export const grey = (a) => [255 * a, 255 * a, 255 * a, 255]

/**
 * @param {number} value
 * @param {number} limit
 * @returns {Rgba}
 */
export const diverging = (value, limit) => [
  ...(value < 0 ? RED : BLUE), 255 * Math.min(1, Math.abs(value) / limit) ** POWER,
]

/**
 * The colours of a layer's one scale, as `shaded` in figures/style.py; of a picture, from black to white whatever its sign.
 * @param {number} low
 * @param {number} high
 * @param {boolean} [mayBeSigned]
 * @returns {(value: number) => Rgba}
 */
export function shade(low, high, mayBeSigned = true) {
  if (low < 0 && mayBeSigned) return (value) => diverging(value, high)
  return (value) => grey((value - low) / (high - low))
}

/**
 * Whether a heatmap has a cell for each of these numbers, and only its last row may have more.
 * @param {TraceData} data
 * @param {Numbers} values
 */
export function holds({ z }, values) {
  return z.length === Math.ceil(values.length / z[0].length)
}

/**
 * Put new numbers into a heatmap: into its data, and onto a canvas in the place of the picture that Plotly drew of them,
 * until it draws again. (Handing Plotly's <image> a new address takes several times as long.)
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {TraceName<K>} name
 * @param {Numbers} values
 * @param {(value: number) => Rgba} colour
 */
export function paint(gd, name, values, colour) {
  const { data, drawn } = trace(gd, name), columns = data.z[0].length
  data.z = data.z.map((cells, row) => cells.map((_, column) => values[row * columns + column] ?? null))
  const image = drawn?.querySelector("image")
  if (!image) throw new Error(`“${name}” is not drawn`)
  const laid = /** @type {Sheet | null | undefined} */ (drawn?.querySelector("foreignObject")?.firstChild)
  const sheet = laid ?? cover(gd, image, columns, data.z.length)
  values.forEach((value, i) => sheet.image.data.set(colour(value), 4 * i))
  pen(sheet).putImageData(sheet.image, 0, 0)
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [how]
 */
export function pen(canvas, how) {
  const context = canvas.getContext("2d", how)
  if (!context) throw new Error("the browser has no pen for a canvas")
  return context
}

/** Add up what is on a canvas, so that another picture has another sum. @param {HTMLCanvasElement} canvas */
export function sum(canvas) {
  const { data } = pen(canvas).getImageData(0, 0, canvas.width, canvas.height)
  let all = 0
  for (let i = 0; i < data.length; i += 4) all += data[i] * (1 + i % 8191)
  return all
}

/**
 * Lay a canvas over a picture that Plotly drew, until it draws again.
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {SVGImageElement} image
 * @param {number} columns
 * @param {number} rows
 */
export function cover(gd, image, columns, rows) {
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject")
  for (const name of ["x", "y", "width", "height"]) frame.setAttribute(name, image.getAttribute(name) ?? "")
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
  canvas.style.cssText = "display: block; width: 100%; height: 100%; image-rendering: pixelated"
  const blank = pen(canvas, { willReadFrequently: true }).createImageData(columns, rows)
  const sheet = Object.assign(canvas, { image: blank })
  frame.append(sheet)
  image.after(frame)
  image.style.visibility = "hidden"
  uncovered(gd).push(() => {
    frame.remove()
    image.style.visibility = ""
  })
  return sheet
}

/** @type {WeakMap<Plot<Key>, (() => void)[]>} what to take off a figure when Plotly draws it again */
const covers = new WeakMap()
/** @param {Plot<Key>} gd */
function uncovered(gd) {
  const known = covers.get(gd), all = known ?? []
  if (!known) gd.once("plotly_afterplot", () => {
    covers.delete(gd)
    for (const uncover of all) uncover()
  })
  covers.set(gd, all)
  return all
}

/**
 * Write a text where another one stands.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Write a number into the node of another as wide: a page with another node is styled anew. (Where the width differs, a
 * node that stays would move, and count as a jump of the page.)
 * @param {Element} element
 * @param {string} text
 */
export function rewrite(element, text) {
  const { firstChild } = element
  if (!(firstChild instanceof Text) || firstChild !== element.lastChild) write(element, text)
  else if (firstChild.data !== text) firstChild.data = text
}

/**
 * @param {Numbers} terms
 * @param {number} bias
 * @param {number} z
 * @param {number} a
 */
export function showSum(terms, bias, z, a) {
  const box = part("arithmetic")
  if (!box) return // a step of the talk has just gone
  let positive = 0, negative = 0
  for (const term of terms) {
    if (term > 0) positive += term
    else negative += term
  }
  const [p, n, b, total] = addUp([positive, negative, bias], z, 3)
  const found = {
    positive: signed(p, 3), negative: signed(n, 3), bias: signed(b, 3), z: signed(total, 3), a: signed(a, 3),
    threshold: signed(-b, 3), met: `${signed(p + n, 3)}: ${total > 0 ? "high enough" : "too low"}.`,
  }
  for (const [name, text] of Object.entries(found)) {
    const place = box.querySelector(`[data-is="${name}"]`)
    if (!place) throw new Error(`the sum has no place for ${name}`)
    write(place, text)
  }
}

/**
 * @param {Plot<"contributions"> | Plot<"present_terms"> | undefined} gd
 * @param {Numbers} terms
 */
export function showTerms(gd, terms) {
  if (!gd) return
  const { cells, signs } = gd.layout.meta, { data, drawn } = trace(gd, cells)
  if (!holds(data, terms)) return // another network's yet
  paint(gd, cells, terms, (value) => diverging(value, data.zmax))
  if (signs) showMinusSigns(gd, signs, terms, CLEAR * data.zmax, data.z[0].length)
  drawn?.querySelectorAll(".heatmap-label text").forEach((text, k) => {
    const number = signed(terms[k], 3)
    write(text, number[0] === "−" ? number : `+${number}`)
  })
}

/**
 * As figures/style.py does: a minus sign in each clearly negative cell.
 * @template {Key} K
 * @param {Plot<K>} gd
 * @param {TraceName<K>} name of the trace of minus signs
 * @param {Numbers} values
 * @param {number} limit
 * @param {number} columns
 */
export function showMinusSigns(gd, name, values, limit, columns) {
  const { data, drawn } = trace(gd, name), path = drawn?.querySelector(".js-line")
  const xaxis = gd._fullLayout[`xaxis${(data.xaxis ?? "x").slice(1)}`], yaxis = gd._fullLayout[`yaxis${(data.yaxis ?? "y").slice(1)}`]
  const lines = [...values.keys()].filter((i) => values[i] < -limit).map((i) => {
    const [row, column] = [Math.floor(i / columns), i % columns], y = yaxis.l2p(row)
    return `M${xaxis.l2p(column - 0.25)},${y}L${xaxis.l2p(column + 0.25)},${y}`
  })
  if (path) path.setAttribute("d", lines.join("") || "M0,0")
}

/**
 * @param {Plot<"sigmoid"> | undefined} gd
 * @param {number} z
 * @param {number} a
 */
export function showPoint(gd, z, a) {
  if (!gd) return
  const { xaxis, yaxis } = gd._fullLayout, reach = xaxis.range[1]
  const x = xaxis.l2p(Math.max(-reach, Math.min(reach, z))), y = yaxis.l2p(a)
  const neuron = trace(gd, "neuron"), guide = `M${x},${yaxis.l2p(0)}L${x},${y}L${xaxis.l2p(-reach)},${y}`
  Object.assign(neuron.data, { x: [z], y: [a] })
  only(neuron.drawn, ".point").setAttribute("transform", `translate(${x},${y})`)
  only(trace(gd, "guide").drawn, ".js-line").setAttribute("d", guide)
}

/**
 * @param {Element | null} drawn
 * @param {string} selector
 */
function only(drawn, selector) {
  const found = drawn?.querySelector(selector)
  if (!found) throw new Error(`Plotly has drawn no ${selector}`)
  return found
}
