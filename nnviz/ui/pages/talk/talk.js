// The talk by keyboard and clicker. The place in the talk is kept here as well, so that presses faster than the server
// answers are all counted.

const MOVES = {
  PageDown: 1, ArrowRight: 1, ArrowDown: 1, PageUp: -1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity,
}
// What needs these keys itself: fields, sliders, choices, the canvas; a dialog or an open menu; and scrolling charts.
const THEIRS = "input, textarea, select, canvas, [contenteditable], [role=slider], [role=radiogroup], [role=tablist], [role=application], [role=dialog], [role=listbox]"

// The place outlives this script's own objects: should Streamlit make the component anew amid fast presses, with a place
// the server has long left, the new one goes on from here, and the old one falls silent.
const now = (window.nnvizTalk ??= {})

class Talk {
  constructor(parent) {
    this.keys = parent.querySelector("dialog")
    now.leave?.abort()
    this.leave = now.leave = new AbortController()
    document.addEventListener("keydown", (event) => this.press(event), { signal: this.leave.signal })
    parent.querySelector("[data-close]").addEventListener("click", () => this.keys.close(), { signal: this.leave.signal })
  }

  update({ data, setStateValue }) {
    Object.assign(this, { setStateValue, last: data.last })
    if (data.serial !== now.serial) now.at = data.at // the page has moved by itself: a button, a link
    now.serial = data.serial
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(THEIRS)) return
    const move = MOVES[event.key]
    if (move) this.go(Math.min(this.last, Math.max(0, now.at + move)))
    else if (event.key === "?") this.keys.open ? this.keys.close() : this.keys.showModal()
    else if (event.key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
    else return
    event.preventDefault()
  }

  go(to) {
    if (to === now.at) return
    now.at = to
    now.presses = (now.presses ?? 0) + 1 // else going back by key to where a key had led before would be no news
    this.setStateValue("at", [to, now.presses])
  }
}

const talks = new WeakMap()
export default function (component) {
  const { parentElement } = component
  if (!talks.has(parentElement)) talks.set(parentElement, new Talk(parentElement))
  talks.get(parentElement).update(component)
  return () => {
    talks.get(parentElement)?.leave.abort()
    talks.delete(parentElement)
  }
}
