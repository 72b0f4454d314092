// @ts-check
// The scrubber over the course of a training: every map, curve and output on the page is that of the moment it stands at,
// computed here. It asks the server for what is new while a network trains, and plays what there is as a film.

import { plot } from "./charts.js"
import { readCourse } from "./course.js"
import { write } from "./drawing.js"
import { showCurves, showDigits, showMaps } from "./learned.js"

/** @import { Component } from "./types.d.ts" */
/** @import { Course, Marks, Moment } from "./course.js" */
/**
 * @typedef {object} Data What Python's `scrubber` sends.
 * @property {string} course of a shipped network, by name; or empty
 * @property {string} token of the visitor's own training; or empty
 * @property {string} state of that, as Python knows it
 * @property {boolean} play whether it is to be played once when it is first shown
 */
/** @typedef {{ shown: number, state: string, before: number, trouble: string, kept: number[], given: (number | null)[] }} News */

const FILM = 5000, PICTURE = 40, AGAIN = 1000, LONGEST = 5000
// ms: of a whole film, between two of the server's answers, after a failure, until there is one
const TRIES = 20
const base = () => location.pathname.replace(/[^/]*$/, "")

class Film {
  leave = new AbortController()
  /** @type {Course | null} */
  course = null
  /** @type {Map<number, Moment>} the moments of a training that is not over, by their numbers */
  kept = new Map()
  /** @type {Moment | null} */
  latest = null
  /** @type {Map<number, Marks>} by their steps */
  points = new Map()
  source = ""
  shown = 0
  state = ""
  at = -1 // which moment; behind the last, whatever comes
  playing = 0 // when it began, or 0
  until = 0
  /** @type {Component<Data>["setStateValue"] | undefined} */
  setStateValue
  /** @type {Moment | null} */
  now = null

  /** @param {HTMLElement} root */
  constructor(root) {
    const own = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector))
    this.button = /** @type {HTMLButtonElement} */ (own("button"))
    this.range = /** @type {HTMLInputElement} */ (own("input"))
    this.says = own("p")
    this.told = own("output")
    this.range.addEventListener("input", () => this.scrub())
    this.range.addEventListener("change", () => this.tell())
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()))
    addEventListener("resize", () => this.drawn(), { signal: this.leave.signal })
    fetch(`${base()}training/ready`, { method: "POST" }).catch(() => {})
  }

  /** @param {Component<Data>} component */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue
    const { course, token, state, play } = data, source = token || course
    if (source !== this.source) {
      this.stop()
      Object.assign(this, { source, course: null, latest: null, shown: 0, state, at: -1, now: null })
      delete window.nnvizMoment
      write(this.says, "")
      this.kept.clear()
      this.points.clear()
      if (token) this.listen(token, state)
      else if (course) this.load(`courses/${course}`, play)
    }
    this.drawn()
  }

  // ---- what there is

  get moments() {
    if (this.course) return this.course.moments
    const kept = [...this.kept.values()]
    return this.latest ? [...kept, this.latest] : kept
  }

  get curve() {
    return this.course ? this.course.curve : [...this.points.values()]
  }

  /**
   * @param {string} address
   * @param {boolean} [play]
   */
  async load(address, play = false) {
    const { source } = this
    await this.standing()
    const response = await fetch(base() + address, { signal: this.leave.signal })
    if (!response.ok || source !== this.source) return
    this.course = readCourse(new Uint8Array(await response.arrayBuffer()))
    if (source !== this.source) return
    this.show()
    if (play && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.play()
  }

  /** Until the page's own figures are drawn, a film would only hold them up. */
  async standing() {
    const longest = performance.now() + LONGEST
    while (!(plot("forming") && plot("course")) && performance.now() < longest && !this.leave.signal.aborted) {
      await new Promise((done) => setTimeout(done, PICTURE))
    }
  }

  /**
   * Ask the server again and again what is new, until the training is over or lost.
   * @param {string} token
   * @param {string} heard its state, as Python knows it
   */
  async listen(token, heard) {
    let tries = TRIES, first = 0
    while (token === this.source && !this.leave.signal.aborted) {
      try {
        const about = `from=${first}&shown=${this.shown}&state=${this.state}`
        const response = await fetch(`${base()}training/${token}?${about}`, { signal: this.leave.signal })
        if (response.status === 404) return this.lost("The server has forgotten this training.")
        const [news, moments] = read(new Uint8Array(await response.arrayBuffer()))
        if (token !== this.source) return
        tries = TRIES
        first = Math.max(first, ...news.given.map((number) => (number === null ? 0 : number + 1)))
        this.take(news, moments)
        if (news.state === "over") await this.load(`training/${token}/course`)
        if (news.state === "over" || news.state === "lost") {
          if (heard !== news.state) this.setStateValue?.("heard", `${token} ${news.state}`)
          return
        }
        await new Promise((done) => setTimeout(done, PICTURE))
      } catch (error) {
        if (this.leave.signal.aborted) return
        if (!tries--) return this.lost(`The server does not answer: ${error}`)
        await new Promise((done) => setTimeout(done, AGAIN))
      }
    }
  }

  /** @param {string} why */
  lost(why) {
    Object.assign(this, { state: "lost" })
    this.write(why)
    this.setStateValue?.("heard", `${this.source} lost`)
  }

  /**
   * @param {News} news
   * @param {Moment[]} moments
   */
  take({ shown, state, before, kept, given, trouble }, moments) {
    this.latest = null
    moments.forEach((moment, k) => {
      const number = given[k]
      if (number === null) this.latest = moment
      else this.kept.set(number, moment)
      this.points.set(moment.step, moment)
    })
    const stay = new Set(kept)
    for (const number of this.kept.keys()) if (!stay.has(number)) this.kept.delete(number)
    Object.assign(this, { shown, state })
    this.waiting = state === "waiting" ? before : null
    this.trouble = trouble
    this.show()
  }

  // ---- where it stands

  scrub() {
    this.stop()
    this.at = Number(this.range.value)
    if (this.at >= this.moments.length - 1) this.at = -1
    this.show()
  }

  /** Let Python know, so that what it computes is of this moment, too. */
  tell() {
    this.setStateValue?.("at", { source: this.source, step: this.at < 0 || !this.now ? -1 : this.now.step })
    write(this.told, this.says.textContent ?? "")
  }

  play() {
    this.playing = performance.now()
    this.button.textContent = "Stop"
    this.frame()
  }

  stop() {
    if (!this.playing) return
    this.playing = 0
    this.button.textContent = "Play"
  }

  frame() {
    if (!this.playing || this.leave.signal.aborted) return
    const share = (performance.now() - this.playing) / FILM, at = Math.floor(share * this.moments.length)
    if (share >= 1) {
      this.at = -1
      this.stop()
      this.tell()
      return this.show()
    }
    if (at !== this.at) {
      this.at = at
      this.show()
    }
    requestAnimationFrame(() => this.frame())
  }

  /** The figures are being drawn anew, by Python or by Plotly: draw over them. */
  drawn() {
    const waiting = performance.now() < this.until
    this.until = performance.now() + 700
    if (!waiting) this.again()
  }

  again() {
    if (performance.now() > this.until || this.leave.signal.aborted) return
    this.show()
    requestAnimationFrame(() => setTimeout(() => this.again(), 50))
  }

  show() {
    const { moments } = this, last = moments.length - 1
    const moment = this.at < 0 ? moments[last] : moments[Math.min(this.at, last)]
    this.range.disabled = this.button.disabled = last < 1
    if (!moment) return this.write("")
    this.now = moment
    this.range.max = String(last)
    this.range.value = String(this.at < 0 ? last : this.at)
    const layers = moment.layers()
    window.nnvizMoment = layers
    document.dispatchEvent(new CustomEvent("nnviz-moment"))
    try {
      showMaps(layers[0].W)
      showCurves(this.curve, moment)
      showDigits(moment.byDigit)
    } catch (error) {
      console.info(`nnviz: the figures do not follow the scrubber yet: ${error}`)
    }
    this.write("")
  }

  /** @param {string} trouble */
  write(trouble) {
    const { now } = this
    if (now) {
      const batches = `${now.step.toLocaleString("en")} ${now.step === 1 ? "batch" : "batches"}, ${now.epoch.toFixed(now.epoch < 10 ? 1 : 0)} epochs`
      const read = `${(100 * now.right[1]).toFixed(1)} % read correctly`
      write(this.says, `${batches}: ${read}`)
      this.range.setAttribute("aria-valuetext", `${batches}, ${read}`)
    }
    const waits = this.waiting == null ? "" : this.waiting ? `Waiting: ${this.waiting} before you` : "Waiting: you are next"
    const state = { running: "Learning …", paused: "Paused", over: "Done", lost: "Lost", waiting: waits }[this.state] ?? ""
    this.says.dataset.state = trouble || state
  }
}

/**
 * The server's answer: a header, and moments.
 * @param {Uint8Array} bytes
 * @returns {[News, Moment[]]}
 */
function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset), parts = /** @type {Uint8Array[]} */ ([])
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true)
    parts.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const [header, ...moments] = parts
  return [JSON.parse(new TextDecoder().decode(header)), moments.map((each) => readCourse(each).moments[0])]
}

/** @type {WeakMap<HTMLElement, Film>} */
const films = new WeakMap()
/** @param {Component<Data>} component */
export default function (component) {
  const { parentElement } = component, film = films.get(parentElement) ?? new Film(parentElement)
  films.set(parentElement, film)
  film.update(component)
  return () => {
    films.get(parentElement)?.leave.abort()
    films.delete(parentElement)
    delete window.nnvizMoment
  }
}
