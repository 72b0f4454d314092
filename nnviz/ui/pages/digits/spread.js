// @ts-check
// The map of all digits: the layer is chosen here, its points move there, and while the pen is down the drawing's point
// and the digits nearest to it follow, from what live.js tells of each pass.

import { part } from "../../live/charts.js"
import { pen, write } from "../../live/drawing.js"
import { isBlank } from "../../live/numbers.js"
import { beside, KEYS } from "./beside.js"
import { offer } from "./choices.js"
import { Neighbours } from "./neighbours.js"
import { Points } from "./points.js"
import { between, drawAbove, onSlide } from "./scene.js"
import { paintPicture } from "./shown.js"
import { placed, read } from "./sent.js"
import { named } from "./told.js"

/** @import { Component, Network, Pass } from "../../live/types.d.ts" */
/** @import { Sent } from "./sent.js" */
/** @typedef {{ network: Network, pass: Pass, drawing: boolean }} Told */

const TIME = 900 // ms from layer to layer
const ROOM = 1.06 // round the farthest point
/** @param {string} hex */
const rgb = (hex) => /** @type {[number, number, number]} */ ([1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)))

class Spread {
  leave = new AbortController()
  neighbours = new Neighbours()
  /** @type {Sent | undefined} */
  map
  layer = 1
  by = "label"
  /** @type {Told | undefined} what live.js has told last */
  told
  from = new Float32Array(0) // where the points come from, x and y of each, and where they go
  to = new Float32Array(0)
  share = 1
  /** @type {[number, number] | undefined} where the drawing's is */
  mine
  pointed = -1 // at which of them
  moves = 0 // a later one ends an earlier
  playing = false
  waiting = false // for the next frame
  /** @type {Component<Uint8Array>["setStateValue"] | undefined} */
  setStateValue
  /** @type {Component<Uint8Array>["setTriggerValue"] | undefined} */
  setTriggerValue

  /** @param {ShadowRoot | HTMLElement} root */
  constructor(root) {
    const own = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector))
    this.layers = own("[data-layers]")
    this.colours = own("[data-by]")
    this.play = own("[data-play]")
    this.text = own("p")
    this.plot = own(".plot")
    this.picture = own("figure")
    this.sheet = /** @type {HTMLCanvasElement} */ (own("figure canvas"))
    this.says = own("figcaption")
    this.aloud = own("output")
    const [below, above] = /** @type {NodeListOf<HTMLCanvasElement>} */ (root.querySelectorAll(".plot > canvas"))
    this.above = above
    this.points = new Points(below)
    this.layers.addEventListener("change", ({ target }) => {
      this.playing = false
      this.goTo(Number(/** @type {HTMLInputElement} */ (target).value))
    })
    this.colours.addEventListener("change", ({ target }) => {
      this.by = /** @type {HTMLInputElement} */ (target).value
      this.mark()
      this.setStateValue?.("by", this.by)
    })
    this.play.addEventListener("click", () => this.playAll())
    this.plot.addEventListener("pointermove", (event) => this.point(this.at(event)))
    this.plot.addEventListener("pointerleave", () => this.point(-1))
    this.plot.addEventListener("click", (event) => {
      const k = this.at(event)
      this.point(k)
      this.take(k)
    })
    this.plot.addEventListener("keydown", (event) => this.key(event))
    this.plot.addEventListener("blur", () => this.point(-1))
    const { signal } = this.leave
    document.addEventListener("nnviz-pass", (event) => this.hear(/** @type {CustomEvent<Told>} */ (event).detail), { signal })
    this.size = new ResizeObserver(() => this.fit())
    this.size.observe(this.plot)
    window.nnvizSlides ??= new Map()
    window.nnvizSlides.set("map", () => this.slide())
  }

  end() {
    this.leave.abort()
    this.neighbours.leave()
    this.size.disconnect()
    window.nnvizSlides?.delete("map")
  }

  slide() {
    const { map, layer, by } = this
    return map ? onSlide(this.scene(map, 880), { classes: map.classes, mine: this.mine, pointed: -1 },
      `${map.count.toLocaleString("en")} ${map.called}s in ${map.names[layer]}, coloured by ${by}`) : ""
  }

  /** @param {Component<Uint8Array>} component */
  update({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { setStateValue, setTriggerValue })
    const map = read(data), first = !this.map
    if (map.text === this.map?.text) return
    this.map = map
    this.layer = Math.min(this.layer, this.map.names.length - 1)
    const { names, apart, planes, pictures, stage } = this.map
    this.plot.parentElement?.classList.toggle("stage", stage)
    offer(this.layers, "layer", names.map((name, k) => [String(k), name, apart[k]]))
    offer(this.colours, "by", [["label", "label", "colours"], ["answer", "answer", "colours"]])
    this.from = this.to = Float32Array.from(planes[this.layer].points)
    this.share = 1
    this.mark()
    if (first) this.begin(60)
    document.dispatchEvent(new Event("nnviz-ask"))
    if (pictures) this.neighbours.load(this.map.own ? this.map.pixels : undefined).then(() => this.ready())
  }

  /**
   * Begin where Python says, which may come a little later than its data.
   * @param {number} tries
   */
  begin(tries) {
    const said = /** @type {HTMLElement | null | undefined} */ (part("map")?.querySelector("[data-map]"))?.dataset
    if (!said && tries) requestAnimationFrame(() => this.begin(tries - 1))
    if (!said || !this.map || this.moves) return
    this.by = said.by ?? this.by
    this.layer = Math.min(Number(said.layer), this.map.names.length - 1)
    this.from = this.to = Float32Array.from(this.map.planes[this.layer].points)
    this.mine = this.mineIn(this.layer)
    this.mark()
  }

  mark() {
    const { map, layer, by } = this
    if (!map) return
    for (const [box, value] of /** @type {const} */ ([[this.layers, String(layer)], [this.colours, by]]))
      for (const radio of box.querySelectorAll("input")) radio.checked = radio.value === value
    write(this.text, map.says[layer])
    write(this.play, this.playing ? "■" : "▶")
    this.play.append(Object.assign(document.createElement("span"), { textContent: this.playing ? " Stop" : " Play" }))
    this.play.ariaLabel = this.playing ? "Stop" : "Play all layers, one after the other"
    this.plot.ariaLabel = `${map.count.toLocaleString("en")} ${map.called}s as points by their activations in ${map.names[layer]}. `
      + "Arrow keys go to the nearest in their direction, with Shift farther; Enter makes it the drawing."
    this.show()
  }

  ready() {
    const { told, map, layer } = this
    if (told && map?.pictures) this.neighbours.prepare(told.network, layer, map.count)
  }

  // ---- from layer to layer

  /** @param {number} layer */
  async goTo(layer) {
    const { map } = this
    if (!map) return
    const { from, to, share, mine } = this, move = ++this.moves, began = performance.now()
    this.from = from === to ? from : from.map((value, i) => value + share * (to[i] - value))
    this.to = Float32Array.from(map.planes[layer].points)
    this.share = 0
    this.layer = layer
    this.mark()
    const time = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : TIME
    for (let t = 0; t < 1;) {
      await new Promise(requestAnimationFrame)
      if (move !== this.moves || this.leave.signal.aborted) return
      t = time ? Math.min(1, (performance.now() - began) / time) : 1
      this.share = t * t * (3 - 2 * t)
      const goal = this.mineIn(layer)
      this.mine = goal && mine ? between(mine, goal, this.share) : goal
      this.drawAll()
    }
    if (!this.playing) this.setStateValue?.("layer", layer)
    this.ready()
  }

  /** Show all layers, one after the other. */
  async playAll() {
    this.playing = !this.playing
    this.mark()
    const last = (this.map?.names.length ?? 1) - 1
    for (let layer = 0; layer <= last && this.playing && !this.leave.signal.aborted; layer++) {
      await this.goTo(layer)
      for (let wait = 0; wait < 12 && this.playing && layer < last; wait++) await new Promise((on) => setTimeout(on, 100))
    }
    if (!this.playing) return
    this.playing = false
    this.mark()
    this.setStateValue?.("layer", last)
  }

  // ---- drawing

  /** Give the canvases as many pixels as the screen has for them. */
  fit() {
    const { width, height } = this.plot.getBoundingClientRect()
    for (const canvas of [this.points.canvas, this.above])
      Object.assign(canvas, { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) })
    this.drawAll()
  }

  show() {
    if (this.waiting) return
    this.waiting = true
    requestAnimationFrame(() => {
      this.waiting = false
      this.drawAll()
    })
  }

  drawAll() {
    const { map, above } = this
    if (!map || !above.width) return
    const scene = this.scene(map, Math.min(above.width, above.height))
    this.points.draw(scene)
    pen(above).clearRect(0, 0, above.width, above.height)
    drawAbove(above, scene, { classes: map.classes, mine: this.mine, pointed: this.pointed })
  }

  /**
   * @param {Sent} map
   * @param {number} side of the canvas, the shorter
   */
  scene({ labels, answers, colours, reach }, side) {
    const { from, to, share, by } = this
    const groups = by === "label" ? labels : answers, tints = colours.map(rgb)
    return { from, to, share, groups, colours: tints, reach: ROOM * reach, size: Math.max(2.5 * devicePixelRatio, side / 110) }
  }

  // ---- the drawing, and what is pointed at

  /** @param {Told} told */
  hear(told) {
    this.told = told
    const { map, layer } = this
    if (!map || told.pass.activations[0].length !== map.sizes[0] || told.pass.activations.length !== map.sizes.length) return
    this.mine = this.mineIn(layer)
    this.plot.dataset.mine = this.mine?.map((value) => value.toFixed(1)).join(" ") ?? ""
    this.show()
    if (!map.pictures) return
    this.neighbours.prepare(told.network, layer, map.count)
    if (told.drawing) this.showNearest()
  }

  /**
   * @param {number} layer
   * @returns {[number, number] | undefined}
   */
  mineIn(layer) {
    const { told, map } = this, a = told?.pass.activations[layer]
    if (!told || !map || a?.length !== map.sizes[layer] || isBlank(told.network, told.pass.activations[0])) return undefined
    return placed(map.planes[layer], a)
  }

  /**
   * The picture whose point is under the pointer; -1 if there is none.
   * @param {PointerEvent | MouseEvent} event
   */
  at({ clientX, clientY }) {
    const { map, to } = this, box = this.plot.getBoundingClientRect()
    if (!map) return -1
    const scale = Math.min(box.width, box.height) / 2 / ROOM / map.reach
    const x = (clientX - box.x - box.width / 2) / scale, y = (box.y + box.height / 2 - clientY) / scale
    let best = -1, least = (10 / scale) ** 2
    for (let k = 0; k < map.count; k++) {
      const apart = (to[2 * k] - x) ** 2 + (to[2 * k + 1] - y) ** 2
      if (apart < least) [best, least] = [k, apart]
    }
    return best
  }

  /** @param {number} k the picture that is pointed at */
  point(k) {
    const { map, neighbours: { pixels } } = this
    if (!map || k === this.pointed) return
    this.pointed = k
    this.plot.style.cursor = k < 0 ? "" : "pointer"
    this.picture.hidden = k < 0
    this.show()
    if (k < 0) return
    write(this.says, `${map.called} ${k.toLocaleString("en")}\nlabel ${map.classes[map.labels[k]]}\nread as ${map.classes[map.answers[k]]}`)
    this.sheet.hidden = !pixels
    if (pixels) paintPicture(this.sheet, pixels, k, map.shape)
  }

  /** @param {number} k the picture that becomes the drawing */
  take(k) {
    if (k >= 0) this.setTriggerValue?.("pressed", k)
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { map, pointed, to } = this, way = KEYS[/** @type {keyof typeof KEYS} */ (event.key)]
    if (!map || event.ctrlKey || event.altKey || event.metaKey) return
    if (way) {
      const from = pointed >= 0 ? /** @type {[number, number]} */ ([to[2 * pointed], to[2 * pointed + 1]]) : undefined
      const k = beside(to, from ?? this.mine ?? [0, 0], from ? way : [0, 0], event.shiftKey ? map.reach / 4 : 0)
      if (k >= 0) this.point(k)
      this.aloud.textContent = k < 0 ? "there is none in this direction" : `${map.called} ${k.toLocaleString("en")}: ${this.named(k)}`
    } else if (event.key === "Enter" || event.key === " ") this.take(pointed)
    else if (event.key === "Escape" && pointed >= 0) this.point(-1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** @param {number} k */
  named(k) {
    const { map } = this
    return map ? named({ ...map, apart: false }, { label: map.labels[k], answer: map.answers[k], bright: map.brightest[k], apart: 0 }) : ""
  }

  showNearest() {
    const { told, map, layer, neighbours } = this
    if (!told || !map) return
    const mine = told.pass.activations[layer]
    const found = neighbours.find(told.network, mine, layer, map.count, map.nearest)
    if (!found) return
    this.plot.dataset.nearest = found.map(({ k }) => k).join(" ")
    const shown = found.map(({ k, apart }) => ({ k, apart, label: map.labels[k], answer: map.answers[k] }))
    document.dispatchEvent(new CustomEvent("nnviz-nearest", { detail: { found: shown, pixels: neighbours.pixels } }))
  }
}

/** @type {WeakMap<HTMLElement, Spread>} */
const spreads = new WeakMap()
/** @param {Component<Uint8Array>} component */
export default function (component) {
  const { parentElement } = component
  const spread = spreads.get(parentElement) ?? new Spread(parentElement)
  spreads.set(parentElement, spread)
  spread.update(component)
  return () => {
    spread.end()
    spreads.delete(parentElement)
  }
}
