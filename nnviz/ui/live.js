// The live part: while the pen is down, the network runs here and every figure follows. Python stays the authority: its
// numbers replace these when the pen is lifted. The numbers themselves come from numbers.js.

const SURE = 0.5 // nnviz/ui/answer.py
const BLUE = [47, 129, 247], RED = [235, 76, 62] // nnviz/figures/style.py

// ---- the picture ----------------------------------------------------------------------------------------------------

const signed = (value, digits) => value.toFixed(digits).replace("-", "−")
const part = (key) => document.querySelector(`.st-key-${key}`)
const plot = (key) => part(key)?.querySelector(".js-plotly-plot")

const grey = (a) => [255 * a, 255 * a, 255 * a, 255]
const diverging = (value, limit) => [...(value < 0 ? RED : BLUE), 255 * Math.min(1, Math.abs(value) / limit) ** 0.7]

// Put new numbers into heatmap k of a chart: into its data, and onto a canvas in the place of the picture that Plotly
// drew of them, until it draws again. (Handing Plotly's <image> a new address takes several times as long.)
function paint(gd, k, values, columns, colour) {
  const rows = Array.from({ length: values.length / columns }, (_, r) => r * columns)
  gd.data[k].z = rows.map((start) => Array.from(values.subarray(start, start + columns)))
  const image = gd.querySelectorAll(".heatmaplayer image")[k]
  const sheet = image.nextElementSibling?.firstChild ?? cover(gd, image, columns, rows.length)
  values.forEach((value, i) => sheet.image.data.set(colour(value), 4 * i))
  sheet.getContext("2d").putImageData(sheet.image, 0, 0)
}

function cover(gd, image, columns, rows) {
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject")
  for (const name of ["x", "y", "width", "height"]) frame.setAttribute(name, image.getAttribute(name))
  const sheet = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
  sheet.style = "display: block; width: 100%; height: 100%; image-rendering: pixelated"
  sheet.image = sheet.getContext("2d", { willReadFrequently: true }).createImageData(columns, rows)
  frame.append(sheet)
  image.after(frame)
  image.style.visibility = "hidden"
  gd.once("plotly_afterplot", () => {
    frame.remove()
    image.style.visibility = ""
  })
  return sheet
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function showLayers(gd, trace, answer) {
  trace.activations.forEach((a, k) => {
    paint(gd, k, a, k ? 1 : SIDE, grey)
    if (k) gd.data[k].customdata = Array.from(trace.zs[k - 1], (z) => [z])
  })
  const mark = gd.querySelector(".shapelayer path[data-index='1']"), axis = gd._fullLayout[`yaxis${trace.zs.length + 1}`]
  const from = gd.layout.meta.answer ?? 0
  if (mark) {
    mark.style.transform = `translateY(${axis.l2p(answer ?? 0) - axis.l2p(from)}px)`
    mark.style.opacity = answer === null ? 0 : 1
  }
}

function showAnswer(output, blank) {
  const sure = [...output.keys()].filter((k) => output[k] > SURE), best = output.indexOf(Math.max(...output))
  const answer = !blank && sure.length === 1 ? sure[0] : null
  const text = blank ? "nothing drawn yet" : sure.length === 1 ? "one output neuron is sure"
    : sure.length ? `no output neuron is sure alone: ${sure.join(" and ")} all say yes`
    : `no output neuron is sure; the brightest is ${best}`
  const verdict = part("verdict")
  if (verdict) {
    write(verdict.querySelector(".digit"), `${answer ?? "?"}`)
    write(verdict.querySelector(".sentence"), text)
  }
  part("outputs")?.querySelectorAll("li").forEach((row, k) => {
    row.className = output[k] > SURE ? "sure" : ""
    row.querySelector("i").style.transform = `scaleX(${output[k].toFixed(3)})`
    write(row.querySelector("code"), output[k].toFixed(3))
  })
  return answer
}

function showNeuron({ layer, neuron, layers }, trace) {
  const { W, b } = layers[layer - 1], given = trace.activations[layer - 1], n = given.length
  const terms = Float64Array.from(given, (a, i) => a * W[neuron * n + i])
  const z = trace.zs[layer - 1][neuron], a = trace.activations[layer][neuron]
  showSum(terms, b[neuron], z, a)
  showTerms(plot("contributions"), terms, layer)
  showPoint(plot("sigmoid"), z, a)
  plot("weight_maps")?.querySelectorAll(".textpoint text").forEach((text, at) => {
    const k = plot("weight_maps").data.at(-1).customdata[at]
    write(text.lastElementChild, `z ${signed(trace.zs[layer - 1][k], 2)}   a ${trace.activations[layer][k].toFixed(2)}`)
  })
}

function showSum(terms, bias, z, a) {
  const box = part("arithmetic"), put = (name, text) => write(box.querySelector(`[data-is="${name}"]`), text)
  const positive = terms.reduce((sum, t) => sum + Math.max(0, t), 0), negative = terms.reduce((sum, t) => sum + Math.min(0, t), 0)
  const [p, n, b, total] = addUp([positive, negative, bias], z, 3)
  put("positive", signed(p, 3))
  put("negative", signed(n, 3))
  put("bias", signed(b, 3))
  put("z", signed(total, 3))
  put("a", a.toFixed(3))
  put("threshold", signed(-b, 3))
  put("met", total > 0 ? "It does" : "It does not")
  put("sum", signed(p + n, 3))
  put("same", signed(total, 3))
}

function showTerms(gd, terms, layer) {
  if (!gd) return
  paint(gd, 0, terms, layer === 1 ? SIDE : 1, (value) => diverging(value, gd.data[0].zmax))
  gd.querySelectorAll(".heatmap-label text").forEach((text, k) => {
    write(text, (terms[k] < 0 ? "" : "+") + signed(terms[k], 3))
  })
}

function showPoint(gd, z, a) {
  if (!gd) return
  const { xaxis, yaxis } = gd._fullLayout, reach = xaxis.range[1]
  const x = xaxis.l2p(Math.max(-reach, Math.min(reach, z))), y = yaxis.l2p(a)
  gd.data[2].x = [z]
  gd.data[2].y = [a]
  gd.querySelector(".points .point").setAttribute("transform", `translate(${x},${y})`)
  gd.querySelectorAll(".js-line")[1].setAttribute("d", `M${x},${yaxis.l2p(0)}L${x},${y}L${xaxis.l2p(-reach)},${y}`)
}

// ---- the pen --------------------------------------------------------------------------------------------------------

class Live {
  constructor(root) {
    this.root = root
    this.leave = new AbortController()
    const listen = { capture: true, passive: true, signal: this.leave.signal }
    document.addEventListener("pointerdown", (event) => this.down(event), listen)
    document.addEventListener("pointermove", () => this.pen && (this.moved = true), listen)
    for (const up of ["pointerup", "pointercancel"]) document.addEventListener(up, () => this.up(), listen)
    this.attach(40)
  }

  update({ data, setStateValue }) {
    Object.assign(this, { setStateValue, until: performance.now() + 500 })
    if (data.name !== this.name || !this.layers) {
      this.name = data.name
      this.layers = data.layers.map(({ W, b }) => ({ W: decode(W), b: decode(b) }))
    }
    this.layer = data.layer
    this.neuron = data.neuron
    if (data.edition !== this.edition && this.painted) this.showAgain(decode(data.x))
    this.edition = data.edition
  }

  // Python has put something else on the canvas, and may have sent the same figures as before the last stroke, which
  // then are not drawn again: take the stroke's numbers off them.
  showAgain(x) {
    this.painted = false
    requestAnimationFrame(() => requestAnimationFrame(() => this.pen || this.guard(() => this.showInput(x, x))))
  }

  // Look for the parts of the page this relies on; give up with one line if they are not as expected.
  attach(tries) {
    if (this.leave.signal.aborted) return
    const shadow = [...(part("ink")?.querySelectorAll("*") ?? [])].map((e) => e.shadowRoot).find(Boolean)
    const upper = shadow?.querySelector("canvas.upper-canvas"), lower = shadow?.querySelector("canvas.dc-canvas.lower-canvas")
    const send = shadow?.querySelector(".dc-toolbar button")
    if (upper && lower && send && window.Plotly && document.querySelector(".heatmaplayer image")) {
      upper.setAttribute("role", "img")
      upper.setAttribute("aria-label", "Canvas: draw a digit here")
      const style = document.createElement("style")
      style.textContent = ".dc-toolbar { display: none !important }" // nnviz has its own undo and clear
      shadow.append(style)
      this.root.dataset.live = "on"
    } else if (tries) setTimeout(() => this.attach(tries - 1), 250)
    else this.giveUp(`the ${upper && lower ? "chart" : "canvas"} is not where it was expected`)
  }

  giveUp(reason) {
    this.leave.abort()
    this.pen = null
    this.root.dataset.live = "off"
    console.info(`nnviz: the figures follow after each stroke, not during it: ${reason}`)
    this.setStateValue("trouble", String(reason))
  }

  down(event) {
    const upper = event.composedPath()[0]
    if (!upper.classList?.contains("upper-canvas") || !part("ink")?.contains(event.target)) return
    const shadow = upper.getRootNode()
    this.pen = { upper, lower: shadow.querySelector("canvas.dc-canvas.lower-canvas"), send: shadow.querySelector(".dc-toolbar button") }
    this.moved = true
    this.frame()
  }

  // The canvas has added the stroke by its next frame: have it send the drawing now instead of after its 200 ms. The
  // frame after that shows what was sent, should Python's numbers be late.
  up() {
    if (!this.pen) return
    const { lower, send } = this.pen, { edition } = this
    this.pen = null
    requestAnimationFrame(() => {
      this.guard(() => send.click())
      requestAnimationFrame(() => this.guard(() => this.pen || edition !== this.edition || this.show(lower)))
    })
  }

  frame() {
    if (!this.pen || this.leave.signal.aborted) return
    requestAnimationFrame(() => this.frame())
    if (!this.moved && performance.now() > this.until) return // `until`: Python has just redrawn, draw over it
    this.moved = false
    this.guard(() => this.show(this.pen.lower, this.pen.upper))
  }

  guard(work) {
    try { work() } catch (error) { this.giveUp(error) }
  }

  show(...canvases) {
    const { width, height } = canvases[0]
    this.sheet ??= document.createElement("canvas")
    if (this.sheet.width !== width || this.sheet.height !== height) Object.assign(this.sheet, { width, height })
    const sheet = this.sheet.getContext("2d", { willReadFrequently: true })
    canvases.forEach((canvas) => sheet.drawImage(canvas, 0, 0))
    const pixels = sheet.getImageData(0, 0, width, height).data
    if (this.ink?.length !== width * height) this.ink = new Float64Array(width * height)
    const { ink } = this
    for (let i = 0; i < ink.length; i++) ink[i] = pixels[4 * i] / 255
    this.painted = true
    this.showInput(normalize(ink, height, width), shrink(ink, height, width))
  }

  showInput(x, drawn) {
    const trace = forward(this.layers, x)
    if (this.layer) return showNeuron(this, trace)
    const answer = showAnswer(trace.activations.at(-1), !x.some(Boolean))
    if (plot("activations")) showLayers(plot("activations"), trace, answer)
    const pair = plot("drawn_and_prepared")
    if (pair) [drawn, x].forEach((image, k) => paint(pair, k, image, SIDE, grey))
  }
}

const lives = new WeakMap()
export default function (component) {
  const { parentElement } = component
  const root = parentElement.querySelector("[data-live]") // the one element of the component's own HTML
  if (!lives.has(parentElement)) lives.set(parentElement, new Live(root))
  lives.get(parentElement).update(component)
  return () => {
    lives.get(parentElement)?.leave.abort()
    lives.delete(parentElement)
  }
}
