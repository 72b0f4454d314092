// @ts-check
// The talk by keyboard and clicker: words and picture follow at once, Python afterwards. The place in the talk is kept here
// as well, so that presses faster than the server answers are all counted. Here are also the speaker's notes, timer, black
// screen and laser, and the votes of phones.

import { write } from "../../live/drawing.js"

/** @import { Component } from "../../live/types.d.ts" */
/** @import { Told } from "./talk.d.ts" */
/** @typedef {Component<Told>} Talked */

/** @type {Record<string, number>} */
const MOVES = {
  PageDown: 1, ArrowRight: 1, ArrowDown: 1, PageUp: -1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity,
}
// What needs these keys itself: fields, sliders, choices, the canvas; a dialog or an open menu; and scrolling charts.
const THEIRS = "input, textarea, select, canvas, [contenteditable], [role=slider], [role=radiogroup], [role=tablist], [role=application], [role=dialog], [role=listbox]"
const LOOK = 700 // milliseconds between two looks at the votes

// The place outlives this script's own objects: should Streamlit make the component anew amid fast presses, with a place
// the server has long left, the new one goes on from here, and the old one falls silent.
window.nnvizTalk ??= { at: 0 }
const now = window.nnvizTalk

class Talk {
  leave = new AbortController()
  /** @type {Talked["setStateValue"] | undefined} */
  setStateValue
  /** @type {Told | undefined} */
  told
  laser = false

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root
    this.dialog = /** @type {HTMLDialogElement} */ (root.querySelector("dialog"))
    now.leave?.abort()
    now.leave = this.leave
    const { signal } = this.leave
    document.addEventListener("keydown", (event) => this.press(event), { signal })
    document.addEventListener("pointermove", (event) => this.point(event), { signal, capture: true, passive: true })
    document.addEventListener("nnviz-needs", () => this.show(), { signal })
    this.part("[data-close]").addEventListener("click", () => this.dialog.close(), { signal })
    this.part(".black").addEventListener("click", () => this.black(false), { signal })
    this.part(".timer").addEventListener("click", () => this.restart(), { signal })
    now.began ??= Date.now()
    this.clock = setInterval(() => this.tick(), 1000)
    this.votes = setInterval(() => this.count(), LOOK)
    this.tick()
  }

  /** @param {string} selector */
  part(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector))
  }

  /** @param {Talked} component */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue
    this.told = now.told = data
    if (data.serial !== now.serial) now.at = data.at // the page has moved by itself: a button, a link
    now.serial = data.serial
    this.take(data)
    this.moved()
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const theirs = event.target instanceof Element && event.target.closest(THEIRS)
    if (event.ctrlKey || event.altKey || event.metaKey || theirs || !this.told) return
    const move = MOVES[event.key], onButton = event.target instanceof Element && event.target.closest("button, a, summary")
    if (move) this.go(Math.min(this.told.places.length - 1, Math.max(0, now.at + move)))
    else if (event.key === "?") this.list()
    else if (event.key === "f") this.fill()
    else if (event.key === "n") this.notes()
    else if (event.key === "b" || event.key === ".") this.black()
    else if (event.key === "l") this.point(event, !this.laser)
    else if (event.key === "t") this.restart()
    else if (event.key === "v") this.poll()
    else if (event.key === " " && !onButton) document.dispatchEvent(new Event("nnviz-again"))
    else if (event.key === "Escape" && !this.part(".black").hidden) this.black(false)
    else return
    event.preventDefault()
  }

  list() {
    if (this.dialog.open) this.dialog.close()
    else this.dialog.showModal()
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen()
  }

  notes() {
    document.documentElement.toggleAttribute("data-notes")
  }

  /** @param {boolean} [on] */
  black(on) {
    this.part(".black").hidden = !(on ?? this.part(".black").hidden)
  }

  /**
   * The laser: a red dot where the pointer is, in place of the pointer.
   * @param {Event} event
   * @param {boolean} [on]
   */
  point(event, on = this.laser) {
    const dot = this.part(".laser")
    if (event instanceof PointerEvent) now.pointer = [event.clientX, event.clientY]
    const [x, y] = now.pointer ?? [innerWidth / 2, innerHeight / 2]
    if (on !== this.laser) document.documentElement.toggleAttribute("data-laser", on)
    this.laser = on
    dot.hidden = !on
    if (on) dot.style.transform = `translate(${x}px,${y}px)`
  }

  restart() {
    now.began = Date.now()
    this.tick()
  }

  tick() {
    const seconds = Math.floor((Date.now() - (now.began ?? Date.now())) / 1000)
    write(this.part(".timer"), `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`)
  }

  /** @param {number} to */
  go(to) {
    if (to === now.at) return
    now.at = to
    now.presses = (now.presses ?? 0) + 1 // else going back by key to where a key had led before would be no news
    this.setStateValue?.("at", [to, now.presses])
    this.moved()
  }

  moved() {
    document.dispatchEvent(new Event("nnviz-step"))
    this.show()
  }

  /** Words, once the picture they belong to is there. */
  show() {
    if (!this.told) return
    const [at] = this.told.places[now.at], step = this.told.steps[at]
    if (now.ready && !now.ready(at)) return
    write(this.part(".where"), `${at + 1} of ${this.told.steps.length}`)
    write(this.part("h2"), step.title)
    write(this.part(".says"), step.says)
    write(this.part(".do span"), step.do)
    this.root.dataset.draws = String(step.draws)
    this.root.dataset.controls = step.controls
  }

  // ---- votes

  /** Open the ballot for phones; then show or hide the code. */
  poll() {
    const [at] = this.told?.places[now.at] ?? [0]
    if (!this.told?.steps[at].options) return
    if (this.told.room) now.showing = !now.showing
    else now.showing = true
    now.presses = (now.presses ?? 0) + 1
    if (!this.told.room) this.setStateValue?.("poll", now.presses)
    this.take(this.told)
    document.dispatchEvent(new Event("nnviz-votes"))
  }

  /** @param {Told} told */
  take({ code, trouble }) {
    write(this.part(".trouble"), now.showing ? trouble : "")
    if (now.code?.src === code || !code) return
    now.code = Object.assign(new Image(), { src: code })
    now.code.addEventListener("load", () => document.dispatchEvent(new Event("nnviz-votes")))
  }

  async count() {
    const { told } = this, [at, shown] = told?.places[now.at] ?? [0, true]
    if (!told?.room || document.hidden) return
    if (now.voted !== at) now.votes = null
    now.voted = at
    if (told.steps[at].options && !(shown && now.votes)) {
      const answer = await fetch(`/votes?room=${told.room}&question=${at + 1}`).catch(() => null)
      if (answer?.ok && now.voted === at) now.votes = (await answer.json()).votes
    }
    if (!this.leave.signal.aborted) document.dispatchEvent(new Event("nnviz-votes"))
  }

  stop() {
    this.leave.abort()
    clearInterval(this.clock)
    clearInterval(this.votes)
    for (const attribute of ["data-notes", "data-laser"]) document.documentElement.removeAttribute(attribute)
  }
}

/** @type {WeakMap<HTMLElement, Talk>} */
const talks = new WeakMap()
/** @param {Talked} component */
export default function (component) {
  const { parentElement } = component
  const talk = talks.get(parentElement) ?? new Talk(/** @type {HTMLElement} */ (parentElement.querySelector(".speaker")))
  talks.set(parentElement, talk)
  talk.update(component)
  return () => {
    talks.get(parentElement)?.stop()
    talks.delete(parentElement)
  }
}
