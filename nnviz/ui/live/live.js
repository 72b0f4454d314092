// The live part: while the pen is down, the network runs here and every figure follows. Python stays the authority: its
// numbers replace these when the pen is lifted. The numbers come from numbers.js, drawing.js paints them.

const SURE = 0.5 // nnviz/ui/answer.py

// ---- the picture ----------------------------------------------------------------------------------------------------

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

// nnviz/ui/answer.py: the digit, and the sentence.
function judge(trace, blank) {
  const output = trace.activations.at(-1), sure = [...output.keys()].filter((k) => output[k] > SURE)
  const answer = !blank && sure.length === 1 ? sure[0] : null
  const yes = `${sure.join(" and ")} ${sure.length === 2 ? "both" : "all"} say yes`
  const paper = sure.length > 1 ? `to blank paper ${yes}`
    : sure.length ? `it takes blank paper for ${sure[0] === 8 ? "an" : "a"} ${sure[0]}` : "for blank paper it has no sure answer"
  const text = blank ? `nothing drawn yet; ${paper}` : sure.length === 1 ? "one output neuron is sure"
    : sure.length ? `no output neuron is sure alone: ${yes}`
    : `no output neuron is sure; the brightest is ${brightest(trace)}`
  return { answer, text }
}

function showAnswer(output, { answer, text }) {
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
}

function showNeuron({ layer, neuron, layers }, trace) {
  const { W, b } = layers[layer - 1], given = trace.activations[layer - 1], n = given.length
  const terms = Float64Array.from(given, (a, i) => a * W[neuron * n + i])
  const z = trace.zs[layer - 1][neuron], a = trace.activations[layer][neuron]
  showSum(terms, b[neuron], z, a)
  showTerms(plot("contributions"), terms, layer)
  showPoint(plot("sigmoid"), z, a)
  plot("weight_maps")?.querySelectorAll(".textpoint text").forEach((text, at) => {
    const k = plot("weight_maps").data.at(-1).customdata[at] // the signs in the maps come after the captions
    if (k !== undefined && text.childElementCount > 1) write(text.lastElementChild, `z ${signed(trace.zs[layer - 1][k], 2)}   a ${trace.activations[layer][k].toFixed(2)}`)
  })
}

// Plotly 7 reports a finger's tap as a click, but not as the selection that Streamlit waits for.
function hearTaps({ target }) {
  const gd = target.closest?.(".js-plotly-plot")
  if (!gd || gd.taps) return
  gd.taps = true
  gd.on("plotly_click", ({ points }) => gd.emit("plotly_selected", { points: points.map(plain) }))
}

function plain({ curveNumber, pointNumber, pointIndex, x, y, customdata }) {
  return { curveNumber, pointNumber, pointIndex, x, y, customdata, data: {} }
}

// ---- the pen --------------------------------------------------------------------------------------------------------

const sum = (canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  let all = 0
  for (let i = 0; i < data.length; i += 4) all += data[i] * (1 + i % 8191)
  return all
}

class Live {
  constructor(root) {
    this.root = root
    this.leave = new AbortController()
    const listen = { capture: true, passive: true, signal: this.leave.signal }
    document.addEventListener("pointerdown", (event) => this.down(event), listen)
    document.addEventListener("pointermove", () => this.pen && (this.moved = true), listen)
    for (const up of ["pointerup", "pointercancel"]) document.addEventListener(up, () => this.up(), listen)
    document.addEventListener("pointerdown", (event) => event.pointerType === "touch" && hearTaps(event), listen)
    document.addEventListener("nnviz-show", ({ detail }) => this.guard(() => this.show(detail)), listen) // kiosk.js
    this.attach(240)
  }

  update({ data, setStateValue }) {
    Object.assign(this, { setStateValue, told: data.told, until: performance.now() + 500 })
    if (data.name !== this.name || !this.layers) {
      this.name = data.name
      this.layers = data.layers.map(({ W, b }) => ({ W: decode(W), b: decode(b) }))
    }
    this.layer = data.layer
    this.neuron = data.neuron
    const loaded = data.edition !== this.edition
    this.edition = data.edition
    if (loaded && data.x === null) this.readAgain()
    else if (loaded) {
      this.x = decode(data.x)
      if (this.painted) this.showAgain(this.x)
    }
    if (this.x) this.announce()
  }

  // A stroke was taken back, and only the canvas knows what is left: read it as soon as it shows that.
  readAgain(frames = 120) {
    const { lower } = this.parts(), before = this.seen ?? (this.seen = lower && sum(lower)), { edition } = this
    requestAnimationFrame(() => {
      if (this.pen || edition !== this.edition || this.leave.signal.aborted) return void (this.seen = undefined)
      const { lower } = this.parts()
      if (frames && (!lower || sum(lower) === before)) return this.readAgain(frames - 1)
      this.seen = undefined
      if (lower) this.guard(() => this.show(lower))
      this.announce()
    })
  }

  // The canvas's two layers and its own button to send them.
  parts() {
    const shadow = [...(part("ink")?.querySelectorAll("*") ?? [])].map((e) => e.shadowRoot).find(Boolean)
    return {
      shadow, upper: shadow?.querySelector("canvas.upper-canvas"),
      lower: shadow?.querySelector("canvas.dc-canvas.lower-canvas"), send: shadow?.querySelector(".dc-toolbar button"),
    }
  }

  // Tell screen readers the answer when it has changed and the pen is up.
  announce() {
    if (this.pen) return
    const { answer, text } = judge(this.run(this.x), !this.x.some(Boolean))
    this.say(answer === null ? text : `${answer}: ${text}`)
  }

  run(x) {
    return forward(this.layers, x, plot("wiring")?.layout.meta.out)
  }

  say(text) {
    write(this.root.nextElementSibling, text)
  }

  // Python has put something else on the canvas, and may have sent the same figures as before the last stroke, which
  // then are not drawn again: take the stroke's numbers off them.
  showAgain(x) {
    this.painted = false
    requestAnimationFrame(() => requestAnimationFrame(() => this.pen || this.guard(() => this.showInput(x, x))))
  }

  // Look for the parts of the page this relies on; give up with one line if a minute later (first visits have taken 20 s)
  // they are not as expected.
  attach(tries) {
    if (this.leave.signal.aborted) return
    const { shadow, upper, lower, send } = this.parts()
    const bare = document.querySelector(".st-key-picture .st-key-outputs") // a step of the talk without a chart
    if (upper && lower && send && (bare || window.Plotly && document.querySelector(".heatmaplayer image, .scatterlayer"))) {
      new Keys(upper, (text) => this.say(text), this.leave.signal)
      const style = document.createElement("style")
      style.textContent = ".dc-toolbar { display: none !important }" // nnviz has its own undo and clear
      shadow.append(style)
      this.root.dataset.live = "on"
      if (this.told) this.setStateValue("trouble", null) // on an earlier page it could not
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
      this.guard(() => this.send(send))
      requestAnimationFrame(() => this.guard(() => {
        if (!this.pen && edition === this.edition) this.show(lower)
        this.announce()
      }))
    })
  }

  // In the same message Python hears when that was, and so knows that the canvas need not echo what it is given, and one
  // stroke from another just like it.
  send(button) {
    this.setStateValue("stroke", Date.now())
    button.click()
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
    this.x = normalize(ink, height, width)
    this.showInput(this.x, shrink(ink, height, width))
  }

  showInput(x, drawn) {
    const wiring = plot("wiring"), trace = this.run(x)
    if (this.layer) return showNeuron(this, trace)
    const says = judge(trace, !x.some(Boolean))
    if (wiring) showWiring(wiring, this.layers, trace, says)
    showAnswer(trace.activations.at(-1), says)
    if (plot("activations")) showLayers(plot("activations"), trace, says.answer)
    const pair = plot("drawn_and_prepared")
    if (pair) [drawn, x].forEach((image, k) => paint(pair, k, image, SIDE, grey))
  }
}

const lives = new WeakMap()
export default function (component) {
  const { parentElement } = component
  const root = parentElement.querySelector("[data-live]")
  if (!lives.has(parentElement)) lives.set(parentElement, new Live(root))
  lives.get(parentElement).update(component)
  return () => {
    lives.get(parentElement)?.leave.abort()
    lives.delete(parentElement)
  }
}
