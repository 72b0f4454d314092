// The painted neuron's threshold: its curve redrawn while brush or threshold move, and the threshold dragged on it with
// mouse, pen or finger. Python hears of a drag now and then and at its end; it stays the authority.

const CURVE = "threshold_curve", PAUSE = 150, PATIENCE = 1000 // ms between messages; and for an answer to come
const ANCHORS = { left: 0, center: 0.5, right: 1 }

// Draw what figures.threshold draws, for another sum or bias: curve, point, line and the line's name.
function showCurve(gd, sum, bias) {
  if (!gd?.querySelector(".point")) return // Plotly has yet to draw it
  const { xaxis, yaxis } = gd._fullLayout, [low, high] = xaxis.range
  const place = (s) => `${xaxis.l2p(s)},${yaxis.l2p(1 / (1 + Math.exp(-s - bias)))}`
  const over = Array.from({ length: 241 }, (_, k) => low + ((high - low) * k) / 240)
  gd.data[1].x = [sum]
  gd.data[1].y = [1 / (1 + Math.exp(-sum - bias))]
  gd.querySelector(".js-line").setAttribute("d", `M${over.map(place).join("L")}`)
  gd.querySelector(".point").setAttribute("transform", `translate(${place(Math.max(low, Math.min(high, sum)))})`)
  moveLine(gd, -bias)
  nameLine(gd, -bias, (-bias - low) / (high - low))
}

function moveLine(gd, at) {
  const line = gd?.querySelector(".shapelayer path")
  if (!line) return
  const { xaxis } = gd._fullLayout
  line.style.transform = `translateX(${xaxis.l2p(at) - xaxis.l2p(gd.layout.shapes[0].x0)}px)`
}

// Write the line's name beside it, on the side where it stays inside the figure (building.py, _side).
function nameLine(gd, at, share) {
  const note = [...gd.querySelectorAll(".annotation")].at(-1), text = note.querySelector("text")
  write(text, `threshold −b = ${signed(at, 2)}`)
  const anchor = ANCHORS[share < 0.2 ? "left" : share > 0.8 ? "right" : "center"]
  const { left, width } = text.getBoundingClientRect(), { xaxis, _size } = gd._fullLayout
  const wanted = gd.getBoundingClientRect().left + _size.l + xaxis.l2p(at) - anchor * width
  note.shift = (note.shift ?? 0) + wanted - left
  note.style.transform = `translateX(${note.shift}px)`
}

class Threshold {
  // `moved` is called when the bias is another, `tell` to let Python know.
  constructor(moved, tell, signal) {
    Object.assign(this, { moved, tell, bias: 0, told: 0, time: 0, heard: true })
    const listen = (name, work) => document.addEventListener(name, work.bind(this), { capture: true, signal })
    listen("pointerdown", this.down)
    listen("pointermove", this.move)
    for (const end of ["pointerup", "pointercancel"]) listen(end, this.up)
  }

  // Whether what is on screen may be ahead of Python.
  get busy() {
    return Boolean(this.drag) || (!this.heard && performance.now() - this.time < PATIENCE)
  }

  update(bias, replaced) {
    this.heard ||= bias === this.told
    if (!this.drag && (replaced || !this.busy)) Object.assign(this, { bias, told: bias, heard: true })
    if (this.drag) this.say()
  }

  down(event) {
    const gd = plot(CURVE)
    if (event.button || this.drag || !gd?.contains(event.target) || !event.target.closest(".nsewdrag")) return
    event.preventDefault() // the drag is ours, not Plotly's, and selects no text
    part("curve").setPointerCapture(event.pointerId) // the chart itself is another after each answer of Python
    this.drag = { id: event.pointerId, began: Date.now() }
    this.measure(gd)
    this.move(event)
  }

  move(event) {
    if (this.drag?.id !== event.pointerId) return
    const { xaxis, left, step } = this.drag, [low, high] = xaxis.range
    const at = xaxis.p2l(event.clientX - left)
    this.drag.at = Number((step * Math.round(Math.max(low, Math.min(high, at)) / step)).toFixed(3))
    this.bias = Math.fround(-this.drag.at)
    this.moved()
    this.say()
  }

  // Where the axis is, for the whole drag: each answer of Python makes another chart, drawn at another width at first.
  measure(gd) {
    const { xaxis, _size } = gd._fullLayout
    Object.assign(this.drag, { xaxis, left: gd.getBoundingClientRect().left + _size.l, step: gd.layout.meta.step })
  }

  up(event) {
    if (this.drag?.id !== event.pointerId) return
    this.say(true)
    this.drag = null
  }

  // Tell Python, unless it was told just now or has not answered yet: then a little later.
  say(last = false) {
    clearTimeout(this.timer)
    const wait = this.time + (this.heard ? PAUSE : PATIENCE) - performance.now()
    if (!this.drag || this.bias === this.told) return
    if (wait > 0 && !last) return (this.timer = setTimeout(() => this.say(), wait))
    Object.assign(this, { told: this.bias, time: performance.now(), heard: false })
    this.tell({ at: this.drag.at, began: this.drag.began })
  }
}
