// @ts-check
// The wiring on the Network page follows the pen, and the numbers beside it. How Python drew it stands in the figure's
// `layout.meta` (`Wiring` in live.py); what is painted over goes when Plotly draws again.

import { part, trace, traceIfAny } from "./charts.js"
import { ACCENT, BESIDE, BLUE, RED, WINNER } from "./constants.js"
import { holds, paint, shade, showSum, write } from "./drawing.js"
import { activate, addUp, limits, signed } from "./numbers.js"

/** @import { Layer, Network, Numbers, Pass, Place, Plot, Rgba, TraceData, TraceName, Verdict, Wiring } from "./types.d.ts" */
/** @typedef {Plot<"wiring">} Chart */
/** @typedef {{ source: number, target: number, value: number }} Line */
/** @typedef {(layer: number, k: number) => { column: number, row: number, at: string }} Pointer */

const SVG = "http://www.w3.org/2000/svg"

/**
 * @param {Chart} gd
 * @param {Network} network
 * @param {Pass} pass
 * @param {Verdict} verdict
 */
export function showWiring(gd, { layers, ranges }, pass, { answer, name, text }) {
  const meta = gd.layout.meta, many = layers.length
  if (!fits(gd, pass)) return // another network's yet
  const point = pointer(gd)
  const shades = pass.activations.map((a, k) => shade(...limits(ranges[k], a), k > 0))
  paint(gd, meta.layers[0], pass.activations[0], shades[0])
  for (let layer = 1; layer <= many; layer++) showCircles(gd, layer, pass, meta, shades[layer])
  if (meta.by === "signal") showLines(gd, layers.map((_, n) => signalLines(layers, pass, n + 1, meta)), point)
  if (meta.step > 2 * many) {
    showMarks(gd, many, answer, point)
    put("answer", `The answer${answer === null ? "" : `: ${name}`}.`)
    put("sentence", `${text[0].toUpperCase()}${text.slice(1)}.`)
  }
  if (meta.step) showSums(layers, pass, meta)
  if (part("arithmetic")) showOne(layers, pass, ...meta.neuron)
}

/**
 * Whether the figure is of a network with such layers.
 * @param {Chart} gd
 * @param {Pass} pass
 */
function fits(gd, { activations }) {
  const drawn = gd.layout.meta.layers.map((name) => trace(gd, name).data)
  return drawn.length === activations.length
    && activations.every((a, k) => (k ? drawn[k].x.length === a.length : holds(drawn[k], a)))
}

/**
 * @param {string} name
 * @param {string} text
 */
function put(name, text) {
  const element = document.querySelector(`.step [data-is=${name}]`)
  if (element) write(element, text)
}

/**
 * Return the function that says where the lines of neuron k of a layer, or of pixel k of layer 0, begin in the picture.
 * @param {Chart} gd
 * @returns {Pointer}
 */
export function pointer(gd) {
  const { xaxis, yaxis } = gd._fullLayout, near = (/** @type {number} */ place) => Math.round(10 * place) / 10
  const circles = gd.layout.meta.layers.map((name) => trace(gd, name).data), side = circles[0].z[0].length
  const beside = side - 0.5 + BESIDE * Math.max(side, circles[0].z.length) / 28
  return (layer, k) => {
    const { x, y } = circles[layer]
    const [column, row] = layer ? [Number(x[k]), Number(y[k])] : [beside, Math.floor(k / side)]
    return { column, row, at: `${near(xaxis.l2p(column))},${near(yaxis.l2p(row))}` }
  }
}

/**
 * @param {Chart} gd
 * @param {number} layer
 * @param {Pass} pass
 * @param {Wiring} meta
 * @param {(a: number) => Rgba} colour
 */
function showCircles(gd, layer, pass, { step, only, out }, colour) {
  const z = pass.zs[layer - 1], a = pass.activations[layer], { data, drawn } = trace(gd, gd.layout.meta.layers[layer])
  const ringed = step === 2 * layer - 1, shaded = step >= 2 * layer
  z.forEach((_, k) => {
    data.customdata[k].splice(2, 2, z[k], a[k])
  })
  if (shaded) data.marker.color = Array.from(a)
  const thin = data.marker.size < 12 ? 0.5 : 1 // as figures/wiring.py draws the rings of small circles
  if (!drawn) throw new Error(`the circles of layer ${layer} are not drawn`)
  const circles = /** @type {NodeListOf<SVGElement>} */ (drawn.querySelectorAll(".point"))
  const lost = out.filter(([of]) => of === layer).map(([, k]) => k), radius = data.marker.size / 2
  circles.forEach((circle, k) => {
    circle.setAttribute("d", lost.includes(k) ? cross(radius) : disc(radius))
    if (shaded) circle.style.fill = css(colour(a[k]))
    if (ringed && !(only?.[0] === layer && only[1] === k)) {
      circle.style.stroke = `rgb(${z[k] > 0 ? BLUE : RED})`
      circle.style.strokeWidth = `${thin * (z[k] > 0 ? 4 : 2)}px`
    }
  })
}

/** @param {number} r */
const disc = (r) => `M${r},0A${r},${r} 0 1,1 0,${-r}A${r},${r} 0 0,1 ${r},0Z`

/** @param {number} r */
function cross(r) {
  const arm = (0.8 * r) / Math.SQRT2, to = (/** @type {number} */ x, /** @type {number} */ y) => `l${arm * x},${arm * y}`
  const turns = [[1, 1], [1, -1], [-1, -1], [1, -1], [-1, -1], [-1, 1], [-1, -1], [-1, 1], [1, 1], [-1, 1], [1, 1]]
  return `M0,${arm}${turns.map(([x, y]) => to(x, y)).join("")}Z`
}

/** @param {Rgba} colour */
const css = ([red, green, blue, alpha]) => (alpha === 255 ? `rgb(${red},${green},${blue})` : `rgba(${red},${green},${blue},${alpha / 255})`)

// ---- lines by signal, weight × activation: each neuron's strongest, as surgery.strongest_lines and anatomy.py choose them ------------

/**
 * Of each target the strongest lines, the strongest first; equally strong ones in the order of their sources.
 * @param {Layer} layer
 * @param {Numbers} a
 * @param {number} most
 * @param {Iterable<number>} [targets] all, if it is not said
 * @param {Iterable<number>} [sources]
 * @returns {Line[]}
 */
export function strongest({ W, b }, a, most, targets = b.keys(), sources = a.keys()) {
  const lit = [...sources].filter((i) => a[i]), given = Float32Array.from(a)
  return [...targets].flatMap((target) => {
    const best = /** @type {Line[]} */ ([]), size = (/** @type {number} */ at) => Math.abs(best[at].value)
    for (const source of lit) {
      const value = Math.fround(W[target * a.length + source] * given[source])
      if (!value || (best.length === most && Math.abs(value) <= size(most - 1))) continue
      let at = best.length
      while (at && size(at - 1) < Math.abs(value)) at--
      best.splice(at, 0, { source, target, value })
      best.length = Math.min(best.length, most)
    }
    return best
  })
}

/**
 * @param {Layer[]} layers
 * @param {Pass} pass
 * @param {number} layer
 * @param {Wiring} meta
 */
function signalLines(layers, pass, layer, { most, only, focus }) {
  const into = layers[layer - 1], a = pass.activations[layer - 1]
  if (!only) return strongest(into, a, most)
  if (layer === only[0]) return strongest(into, a, focus, [only[1]])
  return layer === only[0] + 1 ? strongest(into, a, 1, into.b.keys(), [only[1]]) : []
}

/**
 * @param {Chart} gd
 * @param {Line[][]} lines
 * @param {Pointer} point
 */
function showLines(gd, lines, point) {
  const names = gd.layout.meta.lines, paths = instead(gd, "lines", names.flat())
  lines.forEach((ofLayer, n) => {
    const largest = Math.max(...ofLayer.map(({ value }) => Math.abs(value)))
    const found = names[n].map(() => ({ x: /** @type {TraceData["x"]} */ ([]), y: /** @type {TraceData["y"]} */ ([]), d: "" }))
    for (const { source, target, value } of ofLayer) {
      const third = Math.min(2, Math.floor(Math.abs(value) / largest * 3)), one = found[3 * Number(value > 0) + third]
      const from = point(n, source), to = point(n + 1, target)
      one.x.push(from.column, to.column, null)
      one.y.push(from.row, to.row, null)
      one.d += `M${from.at}L${to.at}`
    }
    found.forEach(({ x, y, d }, k) => {
      Object.assign(trace(gd, names[n][k]).data, { x, y })
      paths[names[n][k]].setAttribute("d", d)
    })
  })
}

// ---- the answer's marks ---------------------------------------------------------------------------------------------

/**
 * @param {Chart} gd
 * @param {number} many
 * @param {number | null} answer
 * @param {Pointer} point
 */
function showMarks(gd, many, answer, point) {
  const circles = trace(gd, gd.layout.meta.layers[many]).data, radius = WINNER * circles.marker.size / 2
  const arc = (/** @type {number} */ way) => `a${radius},${radius} 0 1 0 0,${2 * way * radius}`
  const ring = answer === null ? "" : `M${point(many, answer).at}m0,${-radius}${arc(1)}${arc(-1)}`
  instead(gd, "winner", ["winner"]).winner.setAttribute("d", ring)
  const { data, drawn } = trace(gd, "digits")
  if (!drawn) throw new Error("the digits are not drawn")
  const digits = /** @type {NodeListOf<SVGElement>} */ (drawn.querySelectorAll(".textpoint text"))
  digits.forEach((text, k) => {
    const name = text.textContent?.replace(/ ◀$/, "")
    write(text, k === answer ? `${name} ◀` : `${name}`)
    text.style.fontWeight = k === answer ? "bold" : ""
  })
  const names = data.text.map((text) => text.replace(/^<b>(.*) ◀<\/b>$/, "$1"))
  data.text = names.map((name, k) => (k === answer ? `<b>${name} ◀</b>` : name))
}

/**
 * Put a path in the place of each of these traces, which may be missing, until Plotly draws again; return them by name.
 * @param {Chart} gd
 * @param {string} name
 * @param {TraceName<"wiring">[]} names
 * @returns {Record<string, Element>}
 */
function instead(gd, name, names) {
  const sheet = gd.querySelector(".scatterlayer")
  if (!sheet) throw new Error("the wiring is not drawn")
  const own = sheet.querySelector(`:scope > .${name}`) ?? document.createElementNS(SVG, "g")
  if (!own.isConnected) {
    const traces = names.map((each) => traceIfAny(gd, each))
    own.setAttribute("class", name)
    own.append(...traces.map((each) => look(document.createElementNS(SVG, "path"), each?.data)))
    const hidden = traces.map((each) => /** @type {SVGElement | null | undefined} */ (each?.drawn)).filter((g) => g instanceof SVGElement)
    for (const g of hidden) g.style.visibility = "hidden"
    if (name === "lines") sheet.prepend(own)
    else sheet.append(own)
    gd.once("plotly_afterplot", () => {
      own.remove()
      for (const g of hidden) g.style.visibility = ""
    })
  }
  return Object.fromEntries(names.map((each, n) => [each, own.children[n]]))
}

/**
 * @param {SVGPathElement} path
 * @param {TraceData} [given]
 */
function look(path, given) {
  const { color, width, dash } = given?.mode === "lines" ? given.line : { color: ACCENT, width: 4, dash: "solid" }
  path.style.cssText = `fill: none; stroke: ${color}; stroke-width: ${width}px; opacity: ${given?.opacity ?? 1}`
  if (dash !== "solid") path.style.strokeDasharray = dash
  return path
}

// ---- the numbers beside it ------------------------------------------------------------------------------------------

/**
 * @param {Layer[]} layers
 * @param {Pass} pass
 * @param {Wiring} meta
 */
function showSums(layers, pass, { step, out }) {
  const layer = Math.min(Math.floor((step + 1) / 2), layers.length), { b } = layers[layer - 1]
  const squashed = step % 2 === 0 || step > 2 * layers.length
  const rows = /** @type {NodeListOf<HTMLTableRowElement>} */ (document.querySelectorAll(".sums tr + tr"))
  rows.forEach((row, k) => {
    const terms = termsOf(layers, pass, layer, k), z = pass.zs[layer - 1][k]
    const numbers = addUp([terms.reduce((sum, t) => sum + t), b[k]], z, 2).map((value) => signed(value, 2))
    const a = out.some(([l, n]) => l === layer && n === k) ? "out" : signed(pass.activations[layer][k], 2)
    const texts = [...numbers, squashed ? a : ""]
    texts.forEach((text, n) => {
      write(row.cells[n + 1], text)
    })
  })
}

/**
 * The chosen neuron's arithmetic; where it is knocked out, what it would have passed on.
 * @param {Layer[]} layers
 * @param {Pass} pass
 * @param {Place} place
 */
function showOne(layers, pass, ...[layer, k]) {
  const z = Float64Array.from(pass.zs[layer - 1]), own = activate(layers[layer - 1], z)
  showSum(termsOf(layers, pass, layer, k), layers[layer - 1].b[k], z[k], own[k])
}

/**
 * The terms of a neuron's sum.
 * @param {Layer[]} layers
 * @param {Pass} pass
 * @param {number} layer
 * @param {number} k
 */
export function termsOf(layers, pass, layer, k) {
  const { W } = layers[layer - 1], given = pass.activations[layer - 1]
  return Float64Array.from(given, (a, i) => a * W[k * given.length + i])
}
