// @ts-check
// The connections between the columns of the figure of all layers, lit by what passes now: weight × activation. Of any
// dense network, from the middle of a cell to the left edge of the next layer's, as if behind the heatmaps; but those of
// the input leave its ink, faint before they leave the picture. Each gap shows its strongest, and how bright they are
// counts from the strongest of them.

import { trace } from "./charts.js"
import { BLUE, POWER, RED } from "./constants.js"

/** @import { Layer, Network, Numbers, Pass, Plot } from "./types.d.ts" */
/** @typedef {{ sources: Int32Array, targets: Int32Array, shares: Float64Array }} Lines the weakest first; shares -1..1 */
/** @typedef {{ left: number, right: number, at: (k: number) => { x: number, y: number } }} Column of cells, in pixels */
/** @typedef {{ from: { x: number, y: number }, to: { x: number, y: number }, share: number }} Line */
/** @typedef {{ over: number, left: number, right: number, lines: Line[] }} Gap and from where on lines are seen over what is there */
/** @typedef {HTMLCanvasElement & { gaps?: Gap[], frame?: number }} Sheet */

const MOST = 240, FEW = 100 // lines in a gap; and while the pen moves, when each of them counts
const BRIGHT = 48 // of them that light flows along
const LEVELS = 64 // that strengths are sorted into
const [NEGATIVE, POSITIVE] = [`rgb(${RED})`, `rgb(${BLUE})`]
const DASH = [6, 3] // of negative ones, as BROKEN in figures/style.py
const HALO = 0.5 // strength from which a line shines
const THIN = 1 // pixel: while the pen moves none is wider, and is drawn in a third of the time
const OVER = [[0, 0], [0.6, 0.3], [1, 1]] // how far across the picture it comes from, and how much of a line is seen there
const PIECES = 8 // of a line that light is on
const LATER = 170, TAKES = 330 // ms: when light enters the next gap, and how long it takes through one
let wanted = true
let began = -Infinity // ms: when light last began to flow

/** Show them, or not: one key does it. Returns whether they are shown now. */
export function toggle() {
  wanted = !wanted
  return wanted
}

/**
 * The strongest connections into a layer, by |weight × activation|: at most so many. Strengths are sorted into levels,
 * not each by each, so that it takes as long as multiplying.
 * @param {Layer} layer
 * @param {Numbers} a
 * @param {number} [most]
 * @returns {Lines}
 */
export function strongest({ W, b }, a, most = MOST) {
  const lit = Int32Array.from(a.keys()).filter((i) => a[i] !== 0), many = lit.length
  const values = new Float64Array(many * b.length), counts = new Int32Array(LEVELS + 1)
  let end = 0
  for (let k = 0, at = 0; k < b.length; k++) for (let i = 0, row = k * a.length; i < many; i++, at++) {
    const value = W[row + lit[i]] * a[lit[i]], size = value < 0 ? -value : value
    values[at] = value
    if (size > end) end = size
  }
  const level = (/** @type {number} */ value) => LEVELS * (value < 0 ? -value : value) / (end || 1) | 0
  for (let at = 0; at < values.length; at++) if (values[at]) counts[level(values[at])]++
  let lowest = LEVELS + 1
  for (let left = most; lowest > 0 && counts[lowest - 1] <= left; lowest--) left -= counts[lowest - 1]
  const found = []
  for (let at = 0; at < values.length; at++) if (values[at] && level(values[at]) >= lowest) found.push(at)
  found.sort((p, q) => Math.abs(values[p]) - Math.abs(values[q]))
  return {
    sources: Int32Array.from(found, (at) => lit[at % many]),
    targets: Int32Array.from(found, (at) => Math.floor(at / many)),
    shares: Float64Array.from(found, (at) => values[at] / end),
  }
}

/**
 * @param {Plot<"activations">} gd
 * @param {Network} network
 * @param {Pass} pass
 * @param {boolean} [goOn] with the light that flows
 */
export function showConnections(gd, { layers }, { activations }, goOn = false) {
  const sheet = over(gd)
  if (!sheet) return
  cancelAnimationFrame(sheet.frame ?? 0)
  const columns = activations.map((_, n) => column(gd, n))
  sheet.gaps = wanted ? layers.map((layer, n) => {
    const { sources, targets, shares } = strongest(layer, activations[n], goOn ? MOST : FEW), { right, at } = columns[n], next = columns[n + 1]
    const lines = Array.from(shares, (share, k) => ({ from: at(sources[k]), to: { x: next.left, y: next.at(targets[k]).y }, share }))
    return { over: n ? right : columns[n].left, left: right, right: next.left, lines }
  }) : []
  if (goOn) step(sheet)
  else draw(sheet, false)
}

/**
 * Let light flow along the strongest, from the input to the output: at the end of a stroke, and not where motion is unwelcome.
 * @param {Plot<"activations">} gd
 */
export function flow(gd) {
  const sheet = /** @type {Sheet | null} */ (gd.querySelector("canvas.connections"))
  if (!sheet || matchMedia("(prefers-reduced-motion: reduce)").matches) return
  began = performance.now()
  step(sheet)
}

/** @param {Sheet} sheet */
function step(sheet) {
  const { gaps = [] } = sheet, now = performance.now() - began
  draw(sheet)
  if (now > LATER * (gaps.length - 1) + TAKES || !sheet.isConnected) return
  gaps.forEach((gap, n) => glow(sheet, gap, (now - LATER * n) / TAKES))
  sheet.frame = requestAnimationFrame(() => step(sheet))
}

/**
 * The canvas over a figure, as large as that is now; none before Plotly has drawn it.
 * @param {Plot<"activations">} gd
 * @returns {Sheet | null}
 */
function over(gd) {
  const place = gd.querySelector(".svg-container")
  if (!place) return null
  const sheet = /** @type {Sheet} */ (place.querySelector(":scope > canvas.connections") ?? document.createElement("canvas"))
  const { clientWidth, clientHeight } = place, scale = devicePixelRatio
  if (!sheet.isConnected) {
    sheet.className = "connections"
    sheet.ariaHidden = "true"
    sheet.style.cssText = "position: absolute; inset: 0; z-index: 1; width: 100%; height: 100%; pointer-events: none"
    place.append(sheet)
  }
  const [width, height] = [Math.round(clientWidth * scale), Math.round(clientHeight * scale)]
  if (sheet.width !== width || sheet.height !== height) Object.assign(sheet, { width, height })
  return sheet
}

/**
 * @param {Plot<"activations">} gd
 * @param {number} n
 * @returns {Column}
 */
function column(gd, n) {
  const { data } = trace(gd, gd.layout.meta.layers[n]), many = data.z[0].length
  const x = gd._fullLayout[/** @type {"xaxis"} */ (`xaxis${data.xaxis?.slice(1) ?? ""}`)]
  const y = gd._fullLayout[/** @type {"yaxis"} */ (`yaxis${data.yaxis?.slice(1) ?? ""}`)]
  const [across, down] = [x._offset, y._offset]
  return {
    left: across + x.l2p(-0.5),
    right: across + x.l2p(many - 0.5),
    at: (k) => ({ x: across + x.l2p(k % many), y: down + y.l2p(Math.floor(k / many)) }),
  }
}

/**
 * @param {Sheet} sheet
 * @param {Gap} [gap] outside of which nothing is drawn
 */
function pen(sheet, gap) {
  const found = sheet.getContext("2d")
  if (!found) throw new Error("there is no room for the connections")
  found.restore()
  found.save()
  found.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  if (gap) {
    const left = Math.ceil(gap.over + 1), right = Math.floor(gap.right - 1) // whole pixels: what cuts through some takes longer
    found.beginPath()
    found.rect(left, 0, right - left, sheet.height)
    found.clip()
  }
  return found
}

/**
 * @param {Sheet} sheet
 * @param {boolean} [shining] whether the strongest do, and each is as wide as it is strong
 */
function draw(sheet, shining = true) {
  pen(sheet).clearRect(0, 0, sheet.width, sheet.height)
  for (const gap of sheet.gaps ?? []) {
    const sketch = pen(sheet, gap)
    for (const line of gap.lines) {
      const strength = Math.abs(line.share), width = 0.5 + 1.7 * strength
      if (shining && strength > HALO) stroke(sketch, line, 0.16 * strength, 2 + 5 * strength)
      stroke(sketch, line, 0.05 + 0.9 * strength ** POWER, shining ? width : Math.min(THIN, width))
    }
    if (gap.over < gap.left) fade(sketch, gap)
  }
}

/**
 * Take lines off the picture they come from, the more the farther to the left.
 * @param {CanvasRenderingContext2D} sketch
 * @param {Gap} gap
 */
function fade(sketch, { over, left }) {
  const most = sketch.createLinearGradient(over, 0, left, 0)
  for (const [way, seen] of OVER) most.addColorStop(way, `rgb(0 0 0 / ${1 - seen})`)
  sketch.globalAlpha = 1
  sketch.globalCompositeOperation = "destination-out"
  sketch.fillStyle = most
  sketch.fillRect(over, 0, left - over, sketch.canvas.height)
  sketch.globalCompositeOperation = "source-over"
}

/**
 * Brighten the part of a gap's strongest lines where the light is.
 * @param {Sheet} sheet
 * @param {Gap} gap
 * @param {number} done how far it has come through the gap, 0..1; before and after there is none
 */
function glow(sheet, gap, done) {
  if (done <= 0 || done >= 1) return
  const sketch = pen(sheet, gap)
  sketch.lineCap = "round"
  for (const line of gap.lines.slice(-BRIGHT)) {
    const tail = Math.max(0, done - 0.3)
    stroke(sketch, line, 0.25, 7, tail, done)
    stroke(sketch, line, 1, 3, tail, done)
  }
}

/**
 * Draw a line, or the part of it between two times, 0..1: an S that leaves and arrives level.
 * @param {CanvasRenderingContext2D} sketch
 * @param {Line} line whose sign tells colour and dash
 * @param {number} alpha
 * @param {number} width
 * @param {number} [start]
 * @param {number} [end]
 */
function stroke(sketch, { from, to, share }, alpha, width, start = 0, end = 1) {
  sketch.globalAlpha = alpha
  sketch.strokeStyle = share < 0 ? NEGATIVE : POSITIVE
  sketch.lineWidth = width
  sketch.setLineDash(share < 0 ? DASH : [])
  sketch.beginPath()
  const middle = (from.x + to.x) / 2
  if (end - start === 1) {
    sketch.moveTo(from.x, from.y)
    sketch.bezierCurveTo(middle, from.y, middle, to.y, to.x, to.y)
  } else for (let k = 0; k <= PIECES; k++) {
    const t = start + (end - start) * k / PIECES, y = t * t * (3 - 2 * t), x = 1.5 * t * (1 - t) + t ** 3
    sketch.lineTo(from.x + x * (to.x - from.x), from.y + y * (to.y - from.y))
  }
  sketch.stroke()
}
