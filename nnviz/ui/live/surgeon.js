// @ts-check
// The network taken apart by hand: a click on a neuron, or a key, knocks it out or puts it back, a knob turns while its
// slider is dragged, and how many of the test digits are read follows at once. Python hears of it, and answers as ever.

import { part, plot, trace } from "./charts.js"
import { Count, turnedLayer } from "./count.js"
import { digits } from "./digits.js"
import { write } from "./drawing.js"
import { darken, light } from "./lit.js"

/** @import { Network, Pass, Place, Plot, Turned } from "./types.d.ts" */
/** @typedef {Plot<"wiring">} Chart */

/** @type {Record<string, [columns: number, rows: number]>} */
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }
/** @type {WeakSet<HTMLElement>} figures that are listened to */
const heard = new WeakSet()

const WAIT = 300, SLICE = 8 // milliseconds

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** @returns {Promise<Count>} kept for all pages */
function counter() {
  window.nnvizCount ??= digits().then((found) => new Count(found)).catch((error) => {
    window.nnvizCount = undefined // another page may try again
    throw error
  })
  return window.nnvizCount
}

/** The neurons that the figure shows knocked out. */
const out = () => plot("wiring")?.layout.meta.out ?? []

export class Surgeon {
  /** @type {Network | undefined} */
  network
  /** @type {Turned | undefined} */
  turned
  /** @type {Count | undefined} */
  counter
  /** @type {Place} where the keyboard is */
  at = [1, 0]
  showing = false // what a knob has turned is going to be shown

  /**
   * @param {() => void} show what the network makes of the drawing now
   * @param {() => Pass | undefined} pass the same as numbers
   * @param {(done: { out: Place[], neuron: Place }) => void} tell lets Python know
   * @param {(text: string) => void} say to screen readers
   * @param {() => void} ready called when the digits can be counted
   * @param {AbortSignal} signal
   */
  constructor(show, pass, tell, say, ready, signal) {
    this.signal = signal
    this.show = show
    this.pass = pass
    this.tell = tell
    this.say = say
    this.ready = ready
    const listen = { capture: true, passive: true, signal }
    document.addEventListener("pointerover", ({ target }) => this.listen(target), listen)
    document.addEventListener("pointerdown", ({ target }) => this.listen(target), listen)
    document.addEventListener("keydown", (event) => this.key(event), { signal })
    document.addEventListener("focusin", () => this.walk(), listen)
    document.addEventListener("focusout", () => this.light(null), listen)
    const sliders = new MutationObserver((changes) => { for (const { target } of changes) this.slide(target) })
    sliders.observe(document.body, { subtree: true, attributeFilter: ["aria-valuetext"] })
    signal.addEventListener("abort", () => sliders.disconnect())
  }

  /**
   * @param {Network | undefined} network
   * @param {boolean} counts whether the page shows how many test digits it reads
   */
  update(network, counts) {
    if (network !== this.network) this.turned = undefined
    this.network = network
    if (network?.counted && counts) this.prepare(network).catch((error) => {
      console.info(`nnviz: digits are counted after each change, not during it: ${error}`)
    })
  }

  /**
   * Add up the first sums bit by bit once the page stands, so that neither it nor the first click waits for them.
   * @param {Network} network
   */
  async prepare(network) {
    const left = () => network !== this.network || this.signal.aborted
    await pause(WAIT)
    if (left()) return
    const found = await counter(), steps = found.prepare(network)
    for (let until = performance.now() + SLICE; !left() && !steps.next().done;) {
      if (performance.now() < until) continue
      await pause(0)
      until = performance.now() + SLICE
    }
    if (left()) return
    found.through(network, out()) // so that the first turn of a knob does not wait for it
    this.counter = found
    this.ready()
  }

  /** The network as it is turned now. */
  now() {
    const { network, turned } = this
    if (!network || !turned) return network
    return { ...network, layers: network.layers.map((layer, n) => (n + 1 === turned.layer ? turnedLayer(layer, turned) : layer)) }
  }

  // Write down how many digits are read now, beside what Python says of the network as it was.
  count() {
    const { network, counter, turned } = this
    const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-count=read]"))
    if (!network?.counted || !counter || !places.length) return
    const read = counter.right(network, out(), turned)
    for (const place of places) {
      write(place, read.toLocaleString("en-US"))
      const change = place.closest(".read")?.querySelector("[data-count=change]"), before = Number(place.dataset.before)
      if (change) write(change, changed(read - before))
    }
  }

  // ---- neurons

  /** @param {EventTarget | null} target */
  listen(target) {
    const gd = plot("wiring")
    if (!gd || heard.has(gd) || !(target instanceof Node) || !gd.contains(target)) return
    heard.add(gd)
    if (part("wires")) gd.on("plotly_click", ({ points }) => this.knock(gd, points[0]?.customdata)) // not in the talk
    gd.on("plotly_hover", ({ points }) => this.light(points[0]?.customdata))
    gd.on("plotly_unhover", () => this.light(null))
  }

  /** @param {unknown} about the neuron, if it is one */
  light(about) {
    const gd = plot("wiring"), pass = this.pass(), network = this.now()
    if (!gd) return
    darken(gd)
    const known = network && pass && gd.layout.meta.layers.length === pass.activations.length
    if (known && network.layers.length && Array.isArray(about)) light(gd, network, pass, /** @type {Place} */ (about.slice(0, 2)))
  }

  /** Light the neuron where the keyboard is, and say which it is. */
  walk() {
    const gd = plot("wiring"), [layer, k] = this.at
    if (!gd || !document.activeElement?.matches(".walk")) return
    this.light(this.at)
    this.say(`${gd.layout.meta.layers[layer]}, neuron ${k}${gd.layout.meta.out.some((at) => `${at}` === `${this.at}`) ? ", knocked out" : ""}`)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const gd = plot("wiring"), move = MOVES[event.key]
    if (!gd || !(event.target instanceof Element) || !event.target.matches(".walk") || !(move || [" ", "Enter"].includes(event.key))) return
    event.preventDefault()
    if (!move) return this.knock(gd, this.at)
    const { layers } = gd.layout.meta, layer = Math.max(1, Math.min(layers.length - 1, this.at[0] + move[0]))
    const many = trace(gd, layers[layer]).data.x.length
    this.at = [layer, Math.max(0, Math.min(many - 1, this.at[1] + move[1]))]
    this.walk()
  }

  /**
   * @param {Chart} gd
   * @param {unknown} about the neuron
   */
  knock(gd, about) {
    if (!Array.isArray(about) || about.length < 2) return
    const place = /** @type {Place} */ (about.slice(0, 2)), { meta } = gd.layout
    const left = meta.out.filter(([layer, k]) => layer !== place[0] || k !== place[1])
    const lost = left.length === meta.out.length
    meta.out = lost ? [...left, place] : left
    this.at = place
    this.count()
    this.show()
    this.tell({ out: meta.out, neuron: place })
    this.say(`neuron ${place[1]} of ${meta.layers[place[0]]} ${lost ? "knocked out" : "put back"}`)
  }

  // ---- knobs

  /** @param {Node} target */
  slide(target) {
    if (!(target instanceof HTMLInputElement) || target !== document.activeElement || !part("knob")?.contains(target)) return
    const about = /** @type {HTMLElement | null} */ (document.querySelector("[data-knob]"))?.dataset.knob
    if (!about) return
    const turned = { ...JSON.parse(about), value: Math.fround(Number(target.value)) }
    if (JSON.stringify(turned) === JSON.stringify(this.turned)) return // said twice
    this.turned = turned
    this.count()
    if (!this.showing) requestAnimationFrame(() => setTimeout(() => { // the number first, then the picture
      this.showing = false
      if (!this.signal.aborted) this.show()
    }))
    this.showing = true
  }
}

/** @param {number} by */
function changed(by) {
  return by ? `${by < 0 ? "−" : "+"}${Math.abs(by).toLocaleString("en-US")}` : "±0"
}
