// Drawing by keyboard: a cursor on the 28 x 28 cells of the canvas. It moves a pen that the canvas cannot tell from a
// mouse, so that strokes, undo and the live part are the same. Put before live.js by live.py.

const HOW = "Canvas of 28 by 28 cells: draw a digit here with mouse, pen or finger. By keyboard: arrow keys move the cursor, "
  + "space puts the pen down and lifts it, Escape lifts it."
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }

class Keys {
  constructor(canvas, say, signal) {
    Object.assign(this, { canvas, say, row: 13, column: 13, down: false })
    Object.assign(canvas, { tabIndex: 0, role: "application", ariaLabel: HOW })
    canvas.style.outlineOffset = "2px"
    canvas.addEventListener("keydown", (event) => this.press(event), { signal })
    canvas.addEventListener("pointerdown", (event) => event.isTrusted && (this.pointed = true), { signal })
    canvas.addEventListener("blur", () => this.leave(), { signal })
  }

  press(event) {
    const step = STEPS[event.key]
    if (event.ctrlKey || event.altKey || event.metaKey || !(step || [" ", "Escape"].includes(event.key))) return
    if (this.pointed && document.querySelector(".st-key-talk_keys")) return // drawn by hand: the arrows are the talk's
    event.preventDefault()
    event.stopPropagation()
    if (step) this.move(...step)
    else this.put(event.key === " " && !this.down)
    this.mark()
    this.say(`row ${this.row}, column ${this.column}, pen ${this.down ? "down" : "up"}`)
  }

  move(rows, columns) {
    const inside = (at) => Math.min(SIDE - 1, Math.max(0, at))
    this.row = inside(this.row + rows)
    this.column = inside(this.column + columns)
    if (this.down) this.point("move")
  }

  put(down) {
    if (down === this.down) return
    this.down = down
    this.point(down ? "down" : "up")
    if (down) this.point("move", 1) // a stroke of one pixel: else a pen put down and lifted would leave no dot
  }

  leave() {
    this.put(false)
    this.pointed = false
    this.cursor?.remove()
    this.cursor = null
  }

  point(kind, beside = 0) {
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
    this.cursor.style = `position: absolute; left: 0; top: 0; width: ${side}; height: ${side}; box-sizing: border-box;
      border: 2px solid rgb(240,165,0); background: ${this.down ? "rgb(240,165,0)" : "none"}; pointer-events: none;
      transform: translate(${this.column * 100}%, ${this.row * 100}%)`
  }
}

