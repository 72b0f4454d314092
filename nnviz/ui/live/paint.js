// The grid of weights a visitor paints: 28 x 28 numbers, each painted cell set to sign * strength. It tells Python on
// pointer-up, in thousandths; Python's own value replaces it only when `edition` changes. Meanwhile the sum, weights x
// input and the curve follow. Put after numbers.js, drawing.js and curve.js by paint.py.

const STEPS = 1000
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
const inside = (cell) => Math.min(SIDE - 1, Math.max(0, cell))

function decodeLevels(base64) {
  return new Int16Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)
}

function encodeLevels(levels) {
  return btoa(String.fromCharCode(...new Uint8Array(levels.buffer)))
}

// Set all cells whose centre lies within half the width of (row, column), and always the one it is in.
function dab(levels, row, column, width, level) {
  const reach = width / 2
  for (let r = inside(Math.floor(row - reach)); r <= inside(Math.ceil(row + reach)); r++)
    for (let c = inside(Math.floor(column - reach)); c <= inside(Math.ceil(column + reach)); c++)
      if (Math.hypot(r - row, c - column) < reach) levels[r * SIDE + c] = level
  levels[inside(Math.round(row)) * SIDE + inside(Math.round(column))] = level
}

class Grid {
  constructor(root) {
    this.leave = new AbortController()
    this.threshold = new Threshold(
      () => this.follow(), (dragged) => this.setStateValue("threshold", dragged), this.leave.signal,
    )
    this.canvas = root.querySelector("canvas")
    this.signs = root.querySelector("svg path")
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
    this.canvas.dataset.level = this.level
    const replaced = data.edition !== this.edition
    this.edition = data.edition
    this.x = decode(data.x)
    this.threshold.update(data.bias, replaced)
    this.until = performance.now() + 500
    if (!replaced) return
    this.levels = decodeLevels(data.weights)
    this.show()
    if (this.ahead) this.showAgain()
  }

  show() {
    const sheet = this.canvas.getContext("2d"), image = sheet.createImageData(SIDE, SIDE)
    const limit = this.levels.reduce((most, level) => Math.max(most, Math.abs(level)), STEPS)
    this.levels.forEach((level, i) => image.data.set(diverging(level, limit), 4 * i))
    sheet.putImageData(image, 0, 0)
    const negative = [...this.levels.keys()].filter((i) => this.levels[i] < -CLEAR * limit)
    this.signs.setAttribute("d", negative.map((i) => `M${(i % SIDE) + 0.25},${Math.floor(i / SIDE) + 0.5}h.5`).join(""))
  }

  // Show what the neuron makes of the drawing: in float64, as painting.answers adds it up.
  showNumbers() {
    const { levels, x, threshold: { bias } } = this
    const terms = Float64Array.from(levels, (level, i) => Math.fround(level / STEPS) * x[i])
    const sum = terms.reduce((total, term) => total + term, 0), z = sum + bias
    showSum(terms, bias, z, 1 / (1 + Math.exp(-z)))
    showTerms(plot("present_terms"), terms, 1)
    showCurve(plot(CURVE), sum, bias)
    moveLine(plot("sums_by_digit"), -bias)
  }

  guard(work) {
    if (this.broken) return
    try { work() } catch (error) {
      this.broken = true
      console.info(`nnviz: the numbers follow after each stroke, not during it: ${error}`)
    }
  }

  // Show the numbers now and on every frame, as long as the visitor is ahead of Python.
  follow() {
    this.ahead = this.moved = true
    if (!this.following) this.frame()
  }

  frame() {
    this.following = Boolean(this.pen) || this.threshold.busy
    if (this.following && !this.leave.signal.aborted) requestAnimationFrame(() => this.frame())
    if (!this.moved && performance.now() > this.until) return // `until`: Python has just redrawn, draw over it
    this.moved = false
    this.guard(() => this.showNumbers())
  }

  // Python has put something else on the grid, and may have sent the same figures as before the last stroke, which then
  // are not drawn again: take the stroke's numbers off them.
  showAgain() {
    this.ahead = false
    requestAnimationFrame(() => requestAnimationFrame(() => this.guard(() => this.showNumbers())))
  }

  send() {
    this.setStateValue("painted", { edition: this.edition, weights: encodeLevels(this.levels) })
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
    this.follow()
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
      this.follow()
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
  return () => {
    grids.get(parentElement)?.leave.abort()
    grids.delete(parentElement)
  }
}
