// @ts-check
// The live part: while the pen is down, the network runs here and every figure follows. Python stays the authority: its
// numbers replace these when the pen is lifted. The numbers come from numbers.js, drawing.js paints them.

import { part, plot } from "./charts.js"
import { showConnections } from "./connections.js"
import { SIDE } from "./constants.js"
import { PEN } from "./cursor.js"
import { grey, paint, pen, sum, write } from "./drawing.js"
import { Keys } from "./keys.js"
import { fits, showLayers } from "./layers.js"
import { Linked } from "./linked.js"
import { read } from "./message.js"
import { hearMaps, showNeuron } from "./examined.js"
import { prepare, shrink } from "./numbers.js"
import { run, tell } from "./pass.js"
import { Surgeon } from "./surgeon.js"
import { hearTaps } from "./taps.js"
import { putAwayTools } from "./tools.js"
import { judge, showAnswer } from "./verdict.js"
import { showWiring } from "./wiring.js"

/** @import { Component, Network, Numbers } from "./types.d.ts" */

// ---- the pen --------------------------------------------------------------------------------------------------------

/** @typedef {{ upper: HTMLCanvasElement, lower: HTMLCanvasElement, send: HTMLButtonElement }} Pen */

const NARROW = matchMedia("(max-width: 640px)") // a phone's window

class Live {
  leave = new AbortController()
  /** @type {Network | undefined} */
  network
  /** @type {Pen | null} */
  pen = null
  moved = false
  painted = false // numbers of the pen's are on the figures
  /** @type {Numbers | undefined} what is on the canvas, as the network gets it */
  x
  /** @type {number | null | undefined} the sum of the canvas before a stroke was taken back */
  seen
  told = false // Python, that the figures cannot follow
  until = 0
  layer = 0
  neuron = 0
  /** @type {Component<Uint8Array>["setStateValue"] | undefined} */
  setStateValue
  /** @type {Component<Uint8Array>["setTriggerValue"] | undefined} */
  setTriggerValue
  /** @type {HTMLCanvasElement | undefined} */
  sheet
  /** @type {number | undefined} */
  edition

  ink = new Float64Array(0)

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    const listen = { capture: true, passive: true, signal: this.leave.signal }
    document.addEventListener("pointerdown", (event) => this.down(event), listen)
    document.addEventListener("pointermove", () => this.move(), listen)
    for (const up of ["pointerup", "pointercancel"]) document.addEventListener(up, () => this.up(), listen)
    document.addEventListener("pointerdown", (event) => event.pointerType === "touch" && hearTaps(event), listen)
    document.addEventListener("nnviz-show", (event) => this.replay(event), listen)
    document.addEventListener("pointerover", ({ target }) => hearMaps(target, () => this.present()), listen)
    document.addEventListener("nnviz-moment", () => this.turn(), listen)
    this.surgeon = new Surgeon(
      () => this.turn(), () => this.pass(),
      (done) => this.setTriggerValue?.("knocked", done), (text) => this.say(text),
      () => { this.root.dataset.counts = "on" }, this.leave.signal,
    )
    document.addEventListener("nnviz-ask", () => this.announce(), listen)
    this.linked = new Linked(() => this.present(), (text) => this.say(text), this.leave.signal)
    putAwayTools(this.leave.signal)
    this.attach(240)
  }

  /** @param {Component<Uint8Array>} component */
  update({ data, setStateValue, setTriggerValue }) {
    const { network, renewed, x, edition, layer, neuron, told, counts } = read(data, this.network)
    const loaded = edition !== this.edition
    Object.assign(this, { setStateValue, setTriggerValue, network, edition, layer, neuron, told })
    this.until = performance.now() + 500
    this.surgeon.update(network, counts)
    if (x && (loaded || renewed)) this.x = x
    window.nnvizLive = { network }
    document.dispatchEvent(new Event("nnviz-network"))
    if (x && loaded && this.painted) this.showAgain(x)
    if (!x && loaded) this.readAgain()
    else if (!x && renewed) this.guard(() => this.prepareAgain())
    if (this.x) this.announce()
    this.linked.show()
  }

  /** The network that answers: at some moment of its training, where moment.js shows one, or with a knob turned. */
  get answering() {
    return this.network && window.nnvizMoment ? { ...this.network, layers: window.nnvizMoment } : this.surgeon.now()
  }

  /** Another moment of a training is shown. */
  turn() {
    const { x } = this
    if (x) this.guard(() => this.showInput(x))
  }

  /** Another network was chosen, and only the canvas knows what it is to read. */
  prepareAgain() {
    const { lower } = this.parts()
    if (lower && this.network) this.x = prepare(this.network, this.read(lower), lower.height, lower.width)
  }

  /** A stroke was taken back, and only the canvas knows what is left: read it as soon as it shows that. */
  readAgain(frames = 120) {
    const { lower } = this.parts(), { edition } = this
    this.seen ??= lower && sum(lower)
    const before = this.seen
    requestAnimationFrame(() => {
      if (this.pen || edition !== this.edition || this.leave.signal.aborted) {
        this.seen = undefined
        return
      }
      const { lower } = this.parts()
      if (frames && (!lower || sum(lower) === before)) return this.readAgain(frames - 1)
      this.seen = undefined
      if (lower) this.guard(() => this.show(lower))
      this.announce()
    })
  }

  /** The canvas's two layers and its own button to send them. */
  parts() {
    const shadow = [...(part("ink")?.querySelectorAll("*") ?? [])].map((e) => e.shadowRoot).find(Boolean)
    const found = (/** @type {string} */ selector) => shadow?.querySelector(selector)
    return {
      shadow,
      upper: /** @type {HTMLCanvasElement | null | undefined} */ (found("canvas.upper-canvas")),
      lower: /** @type {HTMLCanvasElement | null | undefined} */ (found("canvas.dc-canvas.lower-canvas")),
      send: /** @type {HTMLButtonElement | null | undefined} */ (found(".dc-toolbar button")),
    }
  }

  // Tell screen readers the answer when it has changed and the pen is up.
  announce() {
    const network = this.answering
    if (this.pen || !this.x || !network?.layers.length) return
    const pass = run(network, this.x), { answer, name, text } = judge(network, pass)
    tell(network, pass, false)
    this.say(answer === null ? text : `${name}: ${text}`)
  }

  /** @param {string} text */
  say(text) {
    if (this.root.nextElementSibling) write(this.root.nextElementSibling, text)
  }

  /**
   * Python has put something else on the canvas, and may have sent the same figures as before the last stroke, which
   * then are not drawn again: take the stroke's numbers off them.
   * @param {Numbers} x
   */
  showAgain(x) {
    this.painted = false
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (!this.pen) this.guard(() => this.showInput(x, x))
    }))
  }

  /**
   * Look for the parts of the page this relies on; give up with one line if a minute later (first visits have taken 20 s)
   * they are not as expected.
   * @param {number} tries
   */
  attach(tries) {
    if (this.leave.signal.aborted) return
    const { shadow, upper, lower, send } = this.parts()
    const bare = document.querySelector(".st-key-picture .painted, .st-key-map") // the talk and the map, without a chart
    if (shadow && upper && lower && send && (bare || window.Plotly && document.querySelector(".heatmaplayer image, .scatterlayer"))) {
      new Keys(upper, (text) => this.say(text), this.leave.signal)
      const style = document.createElement("style")
      // nnviz has its own undo and clear, and the canvas's package writes its own cursor with every move
      style.textContent = `.dc-toolbar { display: none !important } .upper-canvas { cursor: ${PEN} !important }`
      shadow.append(style)
      this.root.dataset.live = "on"
      if (NARROW.matches) this.setStateValue?.("narrow", true)
      NARROW.addEventListener("change", () => part("wires") && this.setStateValue?.("narrow", NARROW.matches), { signal: this.leave.signal })
      if (this.told) this.setStateValue?.("trouble", null) // on an earlier page it could not
    } else if (tries) setTimeout(() => this.attach(tries - 1), 250)
    else this.giveUp(`the ${upper && lower ? "chart" : "canvas"} is not where it was expected`)
  }

  /** @param {unknown} reason */
  giveUp(reason) {
    this.leave.abort()
    this.pen = null
    this.root.dataset.live = "off"
    console.info(`nnviz: the figures follow after each stroke, not during it: ${reason}`)
    this.setStateValue?.("trouble", String(reason))
  }

  /** @param {PointerEvent} event */
  down(event) {
    const { upper, lower, send } = this.parts()
    if (!upper || !lower || !send || event.composedPath()[0] !== upper) return
    this.pen = { upper, lower, send }
    this.moved = true
    this.frame()
  }

  move() {
    if (this.pen) this.moved = true
  }

  /**
   * What kiosk.js draws by itself.
   * @param {CustomEventInit<HTMLCanvasElement>} event
   */
  replay({ detail }) {
    if (detail) this.guard(() => this.show(detail))
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
        this.linked.flow()
        this.announce()
      }))
    })
  }

  // In the same message Python hears when that was, and so knows that the canvas need not echo what it is given, and one
  // stroke from another just like it.
  /** @param {HTMLButtonElement} button */
  send(button) {
    this.setStateValue?.("stroke", Date.now())
    button.click()
  }

  frame() {
    if (!this.pen || this.leave.signal.aborted) return
    const { lower, upper } = this.pen
    requestAnimationFrame(() => this.frame())
    if (!this.moved && performance.now() > this.until) return // `until`: Python has just redrawn, draw over it
    this.moved = false
    this.guard(() => this.show(lower, upper))
  }

  /** @param {() => void} work */
  guard(work) {
    try { work() } catch (error) { this.giveUp(error) }
  }

  /**
   * What canvases show, one over the other: ink row by row, 0..1.
   * @param {HTMLCanvasElement[]} canvases
   */
  read(...canvases) {
    const { width, height } = canvases[0]
    this.sheet ??= document.createElement("canvas")
    if (this.sheet.width !== width || this.sheet.height !== height) Object.assign(this.sheet, { width, height })
    const sheet = pen(this.sheet, { willReadFrequently: true })
    for (const canvas of canvases) sheet.drawImage(canvas, 0, 0)
    const pixels = sheet.getImageData(0, 0, width, height).data
    if (this.ink.length !== width * height) this.ink = new Float64Array(width * height)
    const { ink } = this
    for (let i = 0; i < ink.length; i++) ink[i] = pixels[4 * i] / 255
    return ink
  }

  /** @param {HTMLCanvasElement[]} canvases */
  show(...canvases) {
    const { network } = this, { width, height } = canvases[0], ink = this.read(...canvases)
    if (!network?.layers.length) return
    this.painted = true
    this.x = prepare(network, ink, height, width)
    this.showInput(this.x, plot("drawn_and_prepared") && shrink(ink, height, width))
  }

  /** What the network, as it is taken apart by now, makes of the drawing. */
  pass() {
    const network = this.answering
    return this.x && network?.layers.length ? run(network, this.x) : undefined
  }

  present() {
    const network = this.answering, pass = this.pen ? undefined : this.pass()
    return network && pass && { network, pass, layer: this.layer }
  }

  /**
   * @param {Numbers} x
   * @param {Numbers} [drawn]
   */
  showInput(x, drawn) {
    const { layer, neuron, answering: network } = this
    if (!network?.layers.length) return
    const pass = run(network, x)
    tell(network, pass, true)
    if (layer) return showNeuron({ layer, neuron, layers: network.layers }, pass)
    const says = judge(network, pass)
    const wiring = plot("wiring"), all = plot("activations"), pair = plot("drawn_and_prepared")
    if (wiring) showWiring(wiring, network, pass, says)
    showAnswer(network, pass, says)
    if (all && fits(all, pass)) {
      showLayers(all, network, pass, says.answer)
      showConnections(all, network, pass)
    }
    if (pair && drawn && x.length === SIDE * SIDE) {
      paint(pair, "as drawn", drawn, grey)
      paint(pair, "prepared", x, grey)
    }
  }
}

/** @type {WeakMap<HTMLElement, Live>} */
const lives = new WeakMap()
/** @param {Component<Uint8Array>} component */
export default function (component) {
  const { parentElement } = component
  const live = lives.get(parentElement) ?? new Live(/** @type {HTMLElement} */ (parentElement.querySelector("[data-live]")))
  lives.set(parentElement, live)
  live.update(component)
  return () => {
    lives.get(parentElement)?.leave.abort()
    lives.delete(parentElement)
  }
}
