// The kiosk: left alone, recorded digits are drawn stroke by stroke over the canvas, and every figure follows through the
// live part. The first touch takes them away and hands over a clean canvas.

const PEN = 0.25, REST = 2200 // canvas pixels a millisecond; milliseconds a finished digit stays
const ALONE = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]
const FLAG = "nnviz kiosk" // in the window's own store: this page was opened to replay

const canvases = () => {
  const shadow = [...document.querySelectorAll(".st-key-ink *")].map((e) => e.shadowRoot).find(Boolean)
  return { upper: shadow?.querySelector("canvas.upper-canvas"), lower: shadow?.querySelector("canvas.dc-canvas.lower-canvas") }
}
const show = (canvas) => document.dispatchEvent(new CustomEvent("nnviz-show", { detail: canvas }))

class Kiosk {
  constructor() {
    this.leaving = new AbortController()
    const { signal } = this.leaving
    for (const kind of ALONE) document.addEventListener(kind, (event) => this.touch(event), { capture: true, signal })
    this.since = sessionStorage.getItem(FLAG) ? -Infinity : performance.now()
    sessionStorage.removeItem(FLAG)
    this.clock = setInterval(() => this.look(), 500)
  }

  update({ data }) {
    Object.assign(this, { wait: data.seconds * 1000, digits: data.digits, width: data.pen })
  }

  leave() {
    this.leaving.abort()
    clearInterval(this.clock)
    this.stop()
  }

  look() {
    if (this.sheet?.isConnected || performance.now() - this.since < this.wait) return
    const { upper } = canvases()
    if (upper) return this.start(upper)
    sessionStorage.setItem(FLAG, "1") // a page without a canvas: go to the one that has
    document.querySelector("[data-testid=stTopNavLink]")?.click()
    this.since = performance.now()
  }

  touch(event) {
    this.since = performance.now()
    if (!this.sheet || event.type === "pointermove") return
    event.preventDefault()
    event.stopPropagation()
    this.stop()
    document.querySelector(".st-key-clear button")?.click()
  }

  start(upper) {
    this.sheet = Object.assign(document.createElement("canvas"), { width: upper.width, height: upper.height })
    this.sheet.dataset.kiosk = "on"
    this.sheet.style = "position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none"
    upper.after(this.sheet)
    this.next()
  }

  stop() {
    if (!this.sheet) return
    this.paper()
    show(this.sheet)
    this.sheet.remove()
    this.sheet = null
  }

  paper() {
    const pen = this.sheet.getContext("2d")
    pen.fillStyle = "#000"
    pen.fillRect(0, 0, this.sheet.width, this.sheet.height)
    return pen
  }

  next() {
    this.at = ((this.at ?? Math.floor(Math.random() * this.digits.length)) + 1) % this.digits.length
    this.begun = performance.now()
    this.frame()
  }

  frame() {
    if (!this.sheet?.isConnected) return
    const drawn = this.draw(PEN * (performance.now() - this.begun))
    show(this.sheet)
    if (drawn) setTimeout(() => this.sheet && this.next(), REST)
    else requestAnimationFrame(() => this.frame())
  }

  // Draw so much of the present digit's way; true when that is all of it.
  draw(way) {
    const pen = this.paper(), scale = this.sheet.width / 280
    Object.assign(pen, { strokeStyle: "#fff", lineWidth: this.width * scale, lineCap: "round", lineJoin: "round" })
    for (const stroke of this.digits[this.at]) {
      pen.beginPath()
      pen.moveTo(stroke[0][0] * scale, stroke[0][1] * scale)
      pen.lineTo(stroke[0][0] * scale, stroke[0][1] * scale)
      for (let i = 1; i < stroke.length && way > 0; i++) {
        pen.lineTo(stroke[i][0] * scale, stroke[i][1] * scale)
        way -= Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1])
      }
      pen.stroke()
      if (way <= 0) return false
    }
    return true
  }
}

const kiosks = new WeakMap()
export default function (component) {
  const { parentElement } = component
  if (!kiosks.has(parentElement)) kiosks.set(parentElement, new Kiosk())
  kiosks.get(parentElement).update(component)
  return () => {
    kiosks.get(parentElement)?.leave()
    kiosks.delete(parentElement)
  }
}
