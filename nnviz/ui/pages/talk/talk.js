// @ts-check
// The talk by keyboard and clicker. The place in the talk is kept here as well, so that presses faster than the server
// answers are all counted.

/** @import { Component } from "../../live/types.d.ts" */
/** @typedef {Component<{ at: number, last: number, serial: number }>} Talked */

/** @type {Record<string, number>} */
const MOVES = {
  PageDown: 1, ArrowRight: 1, ArrowDown: 1, PageUp: -1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity,
}
// What needs these keys itself: fields, sliders, choices, the canvas; a dialog or an open menu; and scrolling charts.
const THEIRS = "input, textarea, select, canvas, [contenteditable], [role=slider], [role=radiogroup], [role=tablist], [role=application], [role=dialog], [role=listbox]"

// The place outlives this script's own objects: should Streamlit make the component anew amid fast presses, with a place
// the server has long left, the new one goes on from here, and the old one falls silent.
window.nnvizTalk ??= { at: 0 }
const now = window.nnvizTalk

class Talk {
  leave = new AbortController()
  last = 0
  /** @type {Talked["setStateValue"] | undefined} */
  setStateValue

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.keys = /** @type {HTMLDialogElement} */ (parent.querySelector("dialog"))
    now.leave?.abort()
    now.leave = this.leave
    document.addEventListener("keydown", (event) => this.press(event), { signal: this.leave.signal })
    parent.querySelector("[data-close]")?.addEventListener("click", () => this.keys.close(), { signal: this.leave.signal })
  }

  /** @param {Talked} component */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue
    this.last = data.last
    if (data.serial !== now.serial) now.at = data.at // the page has moved by itself: a button, a link
    now.serial = data.serial
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const theirs = event.target instanceof Element && event.target.closest(THEIRS)
    if (event.ctrlKey || event.altKey || event.metaKey || theirs) return
    const move = MOVES[event.key]
    if (move) this.go(Math.min(this.last, Math.max(0, now.at + move)))
    else if (event.key === "?") this.list()
    else if (event.key === "f") this.fill()
    else return
    event.preventDefault()
  }

  list() {
    if (this.keys.open) this.keys.close()
    else this.keys.showModal()
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen()
  }

  /** @param {number} to */
  go(to) {
    if (to === now.at) return
    now.at = to
    now.presses = (now.presses ?? 0) + 1 // else going back by key to where a key had led before would be no news
    this.setStateValue?.("at", [to, now.presses])
  }
}

/** @type {WeakMap<HTMLElement, Talk>} */
const talks = new WeakMap()
/** @param {Talked} component */
export default function (component) {
  const { parentElement } = component, talk = talks.get(parentElement) ?? new Talk(parentElement)
  talks.set(parentElement, talk)
  talk.update(component)
  return () => {
    talks.get(parentElement)?.leave.abort()
    talks.delete(parentElement)
  }
}
