// @ts-check
// Pictures in rows, each of them a button: the digits a page at a time, two compared, those nearest to the drawing. Pages
// are turned here, as soon as the browser has the test digits; of a visitor's own pictures Python sends each page.

import { write } from "../../live/drawing.js"
import { pictures } from "../../live/digits.js"
import { Grid } from "./grid.js"
import { paintPicture } from "./shown.js"
import { onSlide } from "./slide.js"
import { named, read, told } from "./told.js"

/** @import { Component } from "../../live/types.d.ts" */
/** @import { Gallery as Sent, Told } from "./told.js" */

/** Which page of what was shown last, for when the gallery comes back. */
const last = { id: -1, page: 1 }

class Gallery {
  leave = new AbortController()
  /** @type {Sent | undefined} */
  sent
  page = 1
  /** @type {Uint8Array | undefined} the pixels of all test digits */
  all
  /** @type {Told[]} what is shown, in order */
  shown = []
  usual = "" // what is said while none is looked at
  live = false // the browser has put others there
  /** @type {Component<Uint8Array> | undefined} */
  component

  /** @param {ShadowRoot | HTMLElement} root */
  constructor(root) {
    const own = (/** @type {string} */ selector) => /** @type {HTMLButtonElement} */ (root.querySelector(selector))
    this.where = own("header p")
    this.back = own("[data-back]")
    this.on = own("[data-on]")
    this.grid = new Grid(own(".grid"), {
      press: (at) => this.press(at),
      point: (at) => this.point(at),
      turn: (by) => this.turn(by),
    })
    this.back.addEventListener("click", () => this.turn(-1))
    this.on.addEventListener("click", () => this.turn(1))
    Object.assign(this.back, { textContent: "‹", ariaLabel: "The page before", title: "The page before (Page Up)" })
    Object.assign(this.on, { textContent: "›", ariaLabel: "The next page", title: "The next page (Page Down)" })
    document.addEventListener("nnviz-nearest", (event) => this.follow(/** @type {CustomEvent} */ (event).detail), {
      signal: this.leave.signal,
    })
  }

  end() {
    this.leave.abort()
    if (this.sent) window.nnvizSlides?.delete(this.sent.kind)
  }

  /** @param {Component<Uint8Array>} component */
  update(component) {
    this.component = component
    const sent = read(component.data), before = this.sent
    if (sent.text === before?.text && !this.live) return
    this.sent = sent
    if (sent.id !== before?.id) this.page = sent.id === last.id ? last.page : sent.page
    else if (sent.page !== before.page) this.page = sent.page
    if (!this.pixels(this.page)) this.page = sent.page
    this.show()
    window.nnvizSlides ??= new Map()
    window.nnvizSlides.set(sent.kind, () => this.slide())
    if (sent.served && this.pages > 1 && !this.all) this.load()
  }

  get pages() {
    return this.sent ? Math.ceil(this.sent.count / this.sent.each) : 0
  }

  /** Fetch all test digits, so that pages turn at once. */
  async load() {
    try {
      this.all = await pictures()
    } catch (error) {
      console.info(`nnviz: pages come from the server: ${error}`)
    }
  }

  /**
   * What a page's pictures are painted from, and where in it each is; nothing, if they are not here.
   * @param {number} page
   * @returns {{ from: Uint8Array, at: (each: Told, at: number) => number } | undefined}
   */
  pixels(page) {
    const { sent, all } = this
    if (page === sent?.page) return { from: sent.pixels, at: (_, at) => at }
    return all && sent?.served ? { from: all, at: ({ k }) => k } : undefined
  }

  show() {
    const { sent, page } = this, found = this.pixels(page)
    if (!sent || !found) return
    const first = sent.each * (page - 1), many = Math.min(sent.each, sent.count - first)
    this.live = false
    this.shown = Array.from({ length: many }, (_, at) => told(sent, first + at))
    const side = Math.ceil(Math.sqrt(Math.min(sent.each, sent.count)))
    this.grid.room(many, sent.kind, Math.max(4, side), sent.stage)
    this.shown.forEach((each, at) => this.fill(at, each, found.from, found.at(each, at)))
    const range = `${(first + 1).toLocaleString("en")} to ${(first + many).toLocaleString("en")}`
    this.usual = `${range} of ${sent.count.toLocaleString("en")}${sent.stage ? "" : ". Press one: it becomes your drawing."}`
    this.back.disabled = page === 1
    this.on.disabled = page === this.pages
    this.grid.box.ariaLabel = `${sent.called}s. Arrow keys go from one to the next, Enter makes it the drawing.`
    this.point(-1)
    if (sent.kind === "digits") Object.assign(last, { id: sent.id, page })
  }

  /**
   * @param {number} at
   * @param {Told} each
   * @param {Uint8Array} pixels
   * @param {number} k
   */
  fill(at, each, pixels, k) {
    const { sent } = this, { button, canvas, caption } = this.grid.cells[at]
    if (!sent) return
    paintPicture(canvas, pixels, k, sent.shape)
    write(caption, each.caption)
    button.disabled = each.k < 0
    button.ariaLabel = each.k < 0 ? "no picture yet" : named(sent, each)
    button.ariaPressed = String(each.k === sent.chosen)
    button.dataset.number = String(each.k)
    button.classList.toggle("wrong", each.label !== each.answer)
  }

  /** @param {number} at */
  press(at) {
    const { k } = this.shown[at] ?? { k: -1 }
    if (k < 0) return
    this.grid.cells.forEach(({ button }, n) => { button.ariaPressed = String(n === at) })
    this.component?.setTriggerValue("pressed", k)
  }

  /** @param {number} at the one looked at; -1 for none */
  point(at) {
    const { sent } = this, each = this.shown[at]
    if (sent?.kind !== "digits") return
    const name = each && named(sent, each), start = `${sent.called} ${each?.k.toLocaleString("en")}`
    write(this.where, name
      ? `${start[0].toUpperCase()}${start.slice(1)}: ${name[0].toLowerCase()}${name.slice(1)}`
      : this.usual)
  }

  /**
   * @param {number} by pages
   * @returns {boolean} whether there is such a page, and it is here
   */
  turn(by) {
    const page = this.page + by
    if (page < 1 || page > this.pages) return false
    if (!this.pixels(page)) {
      this.component?.setTriggerValue("turned", page)
      return false
    }
    this.page = page
    this.show()
    return true
  }

  /**
   * While the pen is down: others are nearest.
   * @param {{ found: { k: number, apart: number, label: number, answer: number }[], pixels: Uint8Array }} detail
   */
  follow({ found, pixels }) {
    const { sent } = this
    if (!sent?.apart || found.length !== this.shown.length) return
    this.live = true
    this.shown = found.map(({ k, apart, label, answer }) => ({
      k, label, answer, bright: 0, apart, caption: `${sent.classes[label]}: ${apart.toFixed(2)}`,
    }))
    this.shown.forEach((each, at) => this.fill(at, each, pixels, each.k))
  }

  slide() {
    const { sent, grid, shown } = this
    return sent ? onSlide(grid.cells.slice(0, shown.length), grid.columns) : ""
  }
}

/** @type {WeakMap<HTMLElement, Gallery>} */
const galleries = new WeakMap()
/** @param {Component<Uint8Array>} component */
export default function (component) {
  const { parentElement } = component
  const gallery = galleries.get(parentElement) ?? new Gallery(parentElement)
  galleries.set(parentElement, gallery)
  gallery.update(component)
  return () => {
    gallery.end()
    galleries.delete(parentElement)
  }
}
