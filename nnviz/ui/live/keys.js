// @ts-check
// Drawing by keyboard: a cursor on the 28 x 28 cells of the canvas. It moves a pen that the canvas cannot tell from a
// mouse, so that strokes, undo and the live part are the same.

import { ACCENT, SIDE } from "./constants.js"

const HOW = "Canvas of 28 by 28 cells: draw a digit here with mouse, pen or finger. By keyboard: arrow keys move the cursor, "
  + "space puts the pen down and lifts it, Escape lifts it."
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

export class Keys {
  row = 13
  column = 13
  down = false
  pointed = false // by hand, since the canvas was entered
  /** @type {HTMLElement | null} */
  cursor = null

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(text: string) => void} say
   * @param {AbortSignal} signal
   */
  constructor(canvas, say, signal) {
    this.canvas = canvas
    this.say = say
    Object.assign(canvas, { tabIndex: 0, role: "application", ariaLabel: HOW })
    canvas.style.outlineOffset = "2px"
    canvas.addEventListener("keydown", (event) => this.press(event), { signal })
    canvas.addEventListener("pointerdown", (event) => this.point(event), { signal })
    canvas.addEventListener("blur", () => this.leave(), { signal })
  }

  /** @param {PointerEvent} event */
  point({ isTrusted }) {
    if (isTrusted) this.pointed = true
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const step = MOVES[event.key]
    if (event.ctrlKey || event.altKey || event.metaKey || !(step || [" ", "Escape"].includes(event.key))) return
    if (this.pointed && document.querySelector(".st-key-talk_keys")) return // drawn by hand: the arrows are the talk's
    event.preventDefault()
    event.stopPropagation()
    if (step) this.move(...step)
    else this.put(event.key === " " && !this.down)
    this.mark()
    this.say(`row ${this.row}, column ${this.column}, pen ${this.down ? "down" : "up"}`)
  }

  /**
   * @param {number} rows
   * @param {number} columns
   */
  move(rows, columns) {
    const inside = (/** @type {number} */ at) => Math.min(SIDE - 1, Math.max(0, at))
    this.row = inside(this.row + rows)
    this.column = inside(this.column + columns)
    if (this.down) this.act("move")
  }

  /** @param {boolean} down */
  put(down) {
    if (down === this.down) return
    this.down = down
    this.act(down ? "down" : "up")
    if (down) this.act("move", 1) // a stroke of one pixel: else a pen put down and lifted would leave no dot
  }

  leave() {
    this.put(false)
    this.pointed = false
    this.cursor?.remove()
    this.cursor = null
  }

  /**
   * @param {"move" | "down" | "up"} kind
   * @param {number} [beside]
   */
  act(kind, beside = 0) {
    const box = this.canvas.getBoundingClientRect(), cell = box.width / SIDE
    const at = {
      clientX: box.left + (this.column + 0.5) * cell + beside, clientY: box.top + (this.row + 0.5) * cell,
      bubbles: true, cancelable: true, composed: true, button: 0, buttons: kind === "up" ? 0 : 1,
    }
    this.canvas.dispatchEvent(new PointerEvent(`pointer${kind}`, at))
    this.canvas.dispatchEvent(new MouseEvent(`mouse${kind}`, at))
  }

  mark() {
    if (!this.cursor) {
      this.cursor = document.createElement("i")
      this.canvas.after(this.cursor)
    }
    const side = `${100 / SIDE}%`
    this.cursor.style.cssText = `position: absolute; left: 0; top: 0; width: ${side}; height: ${side}; box-sizing: border-box;
      border: 2px solid ${ACCENT}; background: ${this.down ? ACCENT : "none"}; pointer-events: none;
      transform: translate(${this.column * 100}%, ${this.row * 100}%)`
  }
}
