// @ts-check
// The step's picture: painted here at once when a key is pressed, and again whenever the drawing, the answer, the votes or
// its place change. Python's numbers are shown unless the pen is ahead of them.

import { SIDE } from "../../live/constants.js"
import { decode } from "../../live/numbers.js"
import { judge } from "../../live/verdict.js"
import { PICTURES } from "./pictures.js"
import { Stage } from "./stage.js"

/** @import { Component, Network, Numbers, Pass } from "../../live/types.d.ts" */
/** @import { Given, Look, Needs } from "./talk.d.ts" */

const KEPT = 12 // drawings tried, on the step about noise
const SOON = 3000 // milliseconds in which a step's widgets come
const still = matchMedia("(prefers-reduced-motion: reduce)")

class Painter {
  leave = new AbortController()
  /** @type {Record<string, Needs>} what each step's picture needs, as far as Python has said */
  needs = {}
  /** @type {Network | undefined} */
  network
  /** @type {Pass | undefined} */
  pass
  x = /** @type {Numbers} */ (new Float32Array(SIDE * SIDE))
  edition = ""
  neuron = 0
  came = 0 // when the step did, its answer, and another neuron or bias: in milliseconds
  told = 0
  turned = 0
  at = -1
  asked = false
  /** @type {{ x: number, y: number } | null} */
  pointer = null
  /** @type {Look["tried"]} */
  tried = []

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.stage = new Stage(root)
    const { signal } = this.leave
    document.addEventListener("nnviz-pass", (event) => this.follow(event), { signal })
    document.addEventListener("nnviz-network", () => this.meet(), { signal })
    document.addEventListener("nnviz-step", () => this.step(), { signal })
    document.addEventListener("nnviz-votes", () => this.ask(), { signal })
    document.addEventListener("nnviz-again", () => this.again(), { signal })
    root.addEventListener("pointermove", (event) => this.point(event), { signal })
    root.addEventListener("pointerdown", (event) => this.point(event), { signal })
    this.size = new ResizeObserver(() => this.ask())
    this.size.observe(root)
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.ask(), { signal })
  }

  /** @param {Component<Given>} component */
  update({ data }) {
    if (window.nnvizTalk) window.nnvizTalk.ready = (step) => this.ready(step)
    const { step, needs, x, zs, activations, neuron, edition } = data, now = performance.now()
    for (const [each, given] of Object.entries(needs)) {
      if (this.needs[each] && JSON.stringify(this.needs[each]) !== JSON.stringify(given)) this.turned = now
      else if (this.needs[each]) continue
      this.needs[each] = given
    }
    if (neuron !== this.neuron) this.turned = now
    this.neuron = neuron
    const said = `${edition} ${x.length} ${zs[0]}`
    if (said !== this.edition) {
      this.edition = said
      this.x = decode(x)
      this.pass = { zs: zs.map((z) => Float64Array.from(z)), activations: [this.x, ...activations.map((a) => Float64Array.from(a))], lost: [] }
      this.network = window.nnvizLive?.network ?? this.network
      this.remember()
    }
    if (this.at < 0) this.root.dataset.step = String(step)
    this.step()
    document.dispatchEvent(new Event("nnviz-needs"))
    this.ask()
  }

  /** What was drawn, for the step that keeps it. */
  remember() {
    if (!this.network || !this.pass || !this.x.some((a) => a > 0)) return
    const { name } = judge(this.network, this.pass)
    this.tried = [...this.tried, { x: this.x, name }].slice(-KEPT)
  }

  /** @param {CustomEventInit<{ network: Network, pass: Pass }>} event what the live part has computed */
  follow({ detail }) {
    if (!detail) return
    this.network = detail.network
    this.pass = detail.pass
    this.x = detail.pass.activations[0]
    this.ask()
  }

  /** The live part has read a network. */
  meet() {
    this.network = window.nnvizLive?.network
    if (!this.tried.length) this.remember()
    this.step()
    document.dispatchEvent(new Event("nnviz-needs"))
  }

  /** A key or a button has moved the talk. */
  step() {
    const talk = window.nnvizTalk, now = performance.now()
    if (!talk?.told) return
    const [at, shown] = talk.told.places[talk.at]
    if (!this.ready(at)) return // the picture before stays until this one's numbers have come
    if (at !== this.at) Object.assign(this, { came: now, told: shown ? now : 0 })
    else if (shown && !this.told) this.told = now
    else if (!shown) this.told = 0
    this.at = at
    this.ask()
  }

  /** @param {number} at */
  ready(at) {
    return at in this.needs && Boolean(window.nnvizLive?.network ?? this.network)
  }

  again() {
    const now = performance.now()
    Object.assign(this, { came: now, told: this.told && now })
    this.ask()
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.root.getBoundingClientRect(), zoom = box.width / this.root.clientWidth || 1
    this.pointer = { x: (event.clientX - box.left) / zoom, y: (event.clientY - box.top) / zoom }
    this.ask()
  }

  ask() {
    if (this.asked || this.leave.signal.aborted) return
    this.asked = true
    requestAnimationFrame(() => {
      this.asked = false
      if (this.leave.signal.aborted) return // another one paints there now
      const moves = this.paint() && !still.matches
      if (moves || this.waits()) this.ask()
    })
  }

  paint() {
    const talk = window.nnvizTalk, { stage, pass } = this, now = performance.now()
    this.network ??= window.nnvizLive?.network
    const { network } = this
    if (!talk?.told || !network || !pass || this.at < 0 || !this.root.clientWidth) return false
    const step = talk.told.steps[this.at], since = (/** @type {number} */ then) => (still.matches ? 1e6 : (now - then) / 1000)
    stage.begin()
    const moves = PICTURES[step.picture](stage, {
      t: since(this.came), told: this.told ? since(this.told) : -1, needs: this.needs[this.at], network, pass, x: this.x,
      says: judge(network, pass), neuron: this.neuron, since: since(this.turned), options: step.options,
      votes: talk.votes ?? null, code: talk.showing ? talk.code ?? null : null, below: step.controls ? this.below() : 0,
      pointer: this.pointer, tried: this.tried,
    })
    stage.end()
    this.root.dataset.step = String(this.at + 1)
    this.root.setAttribute("aria-label", `${step.title}. ${judge(network, pass).text}`)
    return moves
  }

  /** Whether the step's widgets, over the picture's foot, are still to come: how high they are is not known before. */
  waits() {
    const step = window.nnvizTalk?.told?.steps[this.at], soon = performance.now() - this.came < SOON
    return Boolean(step?.controls && soon && !document.querySelector(".st-key-talk_controls :is(button, input)"))
  }

  /** How much of the picture's foot the step's widgets lie over. */
  below() {
    const parts = document.querySelectorAll(".st-key-talk_controls, .st-key-talk_controls [data-testid=stSliderThumbValue]")
    const tops = [...parts].map((part) => part.getBoundingClientRect()).filter(({ height }) => height).map(({ top }) => top)
    const room = tops.length ? this.root.getBoundingClientRect().bottom - Math.min(...tops) : 0
    return Math.max(room + 0.4 * this.stage.size, 2.4 * this.stage.size)
  }

  stop() {
    this.leave.abort()
    if (window.nnvizTalk) window.nnvizTalk.ready = undefined
    this.size.disconnect()
  }
}

/** @type {WeakMap<HTMLElement, Painter>} */
const painters = new WeakMap()
/** @param {Component<Given>} component */
export default function (component) {
  const { parentElement } = component
  const painter = painters.get(parentElement) ?? new Painter(/** @type {HTMLElement} */ (parentElement.querySelector(".painted")))
  painters.set(parentElement, painter)
  painter.update(component)
  return () => {
    painters.get(parentElement)?.stop()
    painters.delete(parentElement)
  }
}
