// The grid of weights a visitor paints: 28 x 28 numbers, each painted cell set to sign * strength. It tells Python on
// pointer-up, in thousandths; Python's own value replaces it only when `edition` changes.

const SIDE = 28, STEPS = 1000
const BLUE = [47, 129, 247], RED = [235, 76, 62] // nnviz/figures/style.py
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
const inside = (cell) => Math.min(SIDE - 1, Math.max(0, cell))

export function decode(base64) {
  return new Int16Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)
}

export function encode(levels) {
  return btoa(String.fromCharCode(...new Uint8Array(levels.buffer)))
}

// Set all cells whose centre lies within half the width of (row, column), and always the one it is in.
export function dab(levels, row, column, width, level) {
  const reach = width / 2
  for (let r = inside(Math.floor(row - reach)); r <= inside(Math.ceil(row + reach)); r++)
    for (let c = inside(Math.floor(column - reach)); c <= inside(Math.ceil(column + reach)); c++)
      if (Math.hypot(r - row, c - column) < reach) levels[r * SIDE + c] = level
  levels[inside(Math.round(row)) * SIDE + inside(Math.round(column))] = level
}

class Grid {
  constructor(root) {
    this.canvas = root.querySelector("canvas")
    this.cursor = root.querySelector("i")
    this.says = root.querySelector("output")
    this.row = this.column = 13
    const listen = (name, work) => this.canvas.addEventListener(name, (event) => work.call(this, event))
    listen("pointerdown", this.down)
    listen("pointermove", this.move)
    for (const end of ["pointerup", "pointercancel"]) listen(end, this.up)
    listen("keydown", this.key)
    listen("focus", () => (this.cursor.hidden = !this.canvas.matches(":focus-visible")))
    listen("blur", () => (this.cursor.hidden = true))
  }

  update({ data, setStateValue }) {
    Object.assign(this, { setStateValue, level: Math.round(STEPS * data.sign * data.strength), width: data.width })
    if (data.edition === this.edition) return
    this.edition = data.edition
    this.levels = decode(data.weights)
    this.show()
  }

  show() {
    const sheet = this.canvas.getContext("2d"), image = sheet.createImageData(SIDE, SIDE)
    const limit = this.levels.reduce((most, level) => Math.max(most, Math.abs(level)), STEPS)
    this.levels.forEach((level, i) => {
      image.data.set([...(level < 0 ? RED : BLUE), 255 * (Math.abs(level) / limit) ** 0.7], 4 * i)
    })
    sheet.putImageData(image, 0, 0)
  }

  send() {
    this.setStateValue("painted", { edition: this.edition, weights: encode(this.levels) })
  }

  // Where the pointer is, as row and column; whole numbers are the centres of cells.
  place(event) {
    const box = this.canvas.getBoundingClientRect()
    return [event.clientY - box.top, event.clientX - box.left].map((at, k) => (SIDE * at) / (k ? box.width : box.height) - 0.5)
  }

  down(event) {
    if (event.button || this.pen) return
    this.canvas.setPointerCapture(event.pointerId)
    this.pen = { id: event.pointerId, at: this.place(event) }
    this.stroke(this.pen.at)
  }

  move(event) {
    if (this.pen?.id !== event.pointerId) return
    for (const each of event.getCoalescedEvents?.() ?? []) this.stroke(this.place(each))
    this.stroke(this.place(event))
  }

  up(event) {
    if (this.pen?.id !== event.pointerId) return
    this.pen = null
    this.send()
  }

  // Paint from where the pen was to where it is, a dab every half cell.
  stroke(to) {
    const from = this.pen.at, steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])))
    for (let k = 1; k <= steps; k++) {
      const [row, column] = [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * k) / steps)
      dab(this.levels, row, column, this.width, this.level)
    }
    this.pen.at = to
    this.show()
  }

  key(event) {
    const move = MOVES[event.key]
    if (!move && event.key !== " ") return
    event.preventDefault()
    event.stopPropagation()
    if (move) {
      this.row = inside(this.row + move[0])
      this.column = inside(this.column + move[1])
    } else {
      dab(this.levels, this.row, this.column, this.width, this.level)
      this.show()
      this.send()
    }
    this.cursor.hidden = false
    this.cursor.style.transform = `translate(${this.column * 100}%, ${this.row * 100}%)`
    const weight = (this.levels[this.row * SIDE + this.column] / STEPS).toFixed(2).replace("-", "−")
    this.says.textContent = `row ${this.row}, column ${this.column}: weight ${weight}`
  }
}

const grids = new WeakMap()
export default function (component) {
  const { parentElement } = component
  if (!grids.has(parentElement)) grids.set(parentElement, new Grid(parentElement))
  grids.get(parentElement).update(component)
  return () => grids.delete(parentElement)
}
