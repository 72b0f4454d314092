// @ts-check
// The explorer in one file: the same scripts as the app's live part, and a page around them. No server is asked for
// anything; what is on screen stands in the address, behind the #.

import { SIDE } from "../live/constants.js"
import { grey, pen, write } from "../live/drawing.js"
import { Keys } from "../live/keys.js"
import { read as readMessage } from "../live/message.js"
import { brightest, forward, limits, normalize, prepare, scaled } from "../live/numbers.js"
import { judge } from "../live/verdict.js"
import { held, part, sheet } from "./dom.js"
import { Ink } from "./ink.js"
import { decode, encode, read, write as written } from "./link.js"
import { Neuron } from "./neuron.js"
import { Rows } from "./rows.js"
import { Sharing } from "./sharing.js"
import { Wires } from "./wires.js"

/** @import { Network, Numbers, Pass, Place, Verdict } from "../live/types.d.ts" */
/** @typedef {{ name: string, title: string, about: string, query: string, data: string }} Held */

const FEW = 64 // neurons that are left out one after another
const MOVING = matchMedia("(prefers-reduced-motion: no-preference)")

class Pocket {
  /** @type {Held[]} */
  networks = held("networks")
  read = this.networks.map(({ data }) => readMessage(bytes(data)).network)
  picker = /** @type {HTMLSelectElement} */ (part("network"))
  at = 0
  /** @type {Place} */
  place = [1, 0]
  chosen = false // by a person, or a link; until then it is the one that matters most
  /** @type {Place[]} */
  out = []
  /** @type {Numbers} the drawing as MNIST's digits are prepared: what links hold */
  picture = new Float64Array(SIDE * SIDE)
  /** @type {Pass | undefined} */
  pass
  example = 0
  address = ""

  constructor() {
    this.sharing = new Sharing(() => ({ held: this.networks[this.at], state: this.address })) // before anything is shown: it keeps the page as it came
    this.ink = new Ink(sheet("ink"), () => this.drawn(), () => this.ended())
    this.neuron = new Neuron()
    this.rows = new Rows(part("layers"), (place) => this.choose(place))
    this.wires = new Wires(sheet("wires"), sheet("picture"))
    new Keys(sheet("ink"), (text) => write(part("says"), text), new AbortController().signal)
    this.offer()
    this.listen()
    this.use(0)
    this.open(location.hash || this.sharing.opens.state)
    new ResizeObserver(() => this.arrange()).observe(part("layers").parentElement ?? document.body)
  }

  offer() {
    const { picker } = this
    picker.replaceChildren(...this.networks.map(({ title, about }, k) => {
      const group = Object.assign(document.createElement("optgroup"), { label: about }) // said where it is chosen
      group.append(new Option(title, String(k)))
      return group
    }))
    picker.addEventListener("change", () => {
      this.use(Number(picker.value))
      this.ended()
    })
  }

  listen() {
    /** @type {Record<string, () => void>} */
    const pressed = {
      undo: () => this.ink.undo(), clear: () => this.ink.clear(), example: () => this.showExample(),
      before: () => this.step(-1), after: () => this.step(1), out: () => this.knock(),
      close: () => document.body.classList.remove("open"),
    }
    for (const [id, does] of Object.entries(pressed)) part(id).addEventListener("click", () => {
      does()
      this.ended()
    })
    addEventListener("hashchange", () => location.hash.slice(1) === this.address || this.open(location.hash))
    addEventListener("keydown", ({ key }) => key === "Escape" && document.body.classList.remove("open"))
    for (const theme of ["dark", "light"]) matchMedia(`(prefers-color-scheme: ${theme})`).addEventListener("change", () => this.show())
  }

  // ---- the network and the neuron

  get network() {
    return this.read[this.at]
  }

  /** @param {number} at */
  use(at) {
    Object.assign(this, { at, out: [] })
    const { network } = this
    this.picker.value = String(at)
    if (!this.there(this.place)) Object.assign(this, { place: [1, 0], chosen: false })
    const [rows, columns] = network.shape
    Object.assign(sheet("picture"), { width: columns, height: rows })
    this.rows.build(network)
    this.arrange()
  }

  /** @param {Place} place */
  there([layer, k]) {
    return k >= 0 && k < (this.network.layers[layer - 1]?.b.length ?? 0)
  }

  /** @param {Place} place */
  choose(place) {
    Object.assign(this, { place, chosen: true })
    document.body.classList.add("open")
    this.show()
    this.tell()
  }

  /** @param {number} by */
  step(by) {
    const [layer, k] = this.place, many = this.network.layers[layer - 1].b.length
    this.choose([layer, (k + by + many) % many])
  }

  knock() {
    const [layer, k] = this.place, others = this.out.filter(([l, n]) => l !== layer || n !== k)
    this.out = others.length < this.out.length ? others : [...others, this.place]
    this.show()
  }

  // ---- the drawing

  showExample() {
    const digits = held("examples"), strokes = digits[this.example++ * 7 % digits.length] // in an order that is not 0, 1, 2
    this.ink.replay(strokes.map((/** @type {number[][]} */ stroke) => stroke.map(([x, y]) => [x / 280, y / 280])), !MOVING.matches)
  }

  drawn() {
    const { ink } = this, { width, height } = ink.canvas
    document.body.classList.toggle("blank", ink.blank)
    this.picture = ink.untouched ? ink.picture ?? new Float64Array(SIDE * SIDE) : normalize(ink.read(), height, width)
    this.show()
  }

  /** The drawing as the network reads it; a picture that came prepared is a drawing of 28 x 28 pixels (inputs.py). */
  input() {
    const { ink, network, picture } = this, [rows, columns] = network.shape
    if (rows === SIDE && columns === SIDE && network.place === "mnist") return scaled(network, picture)
    if (ink.untouched) return prepare(network, picture, SIDE, SIDE)
    return prepare(network, ink.read(), ink.canvas.height, ink.canvas.width)
  }

  // ---- what is shown

  /** Find where everything is, when it may have moved. */
  arrange() {
    const { rows } = this.rows
    this.wires.place(this.network, rows.map(({ bulbs }) => bulbs), rows.map(({ cells }) => cells.map((cell) => cell.lastElementChild ?? cell)))
    this.show()
  }

  show() {
    const { network, place, out } = this, x = this.input(), pass = forward(network.layers, x, out), says = judge(network, pass)
    const open = document.body.classList.contains("open") || matchMedia("(min-width: 900px)").matches, chosen = open ? place : null
    Object.assign(this, { pass, says })
    this.showPicture(network, x)
    this.rows.mark(chosen)
    this.rows.show(network, pass, says, out)
    this.wires.show(network, pass, chosen)
    if (chosen) this.neuron.show(network, pass, place, out)
    this.answer(says)
  }

  /** @type {Verdict | undefined} */
  says

  /**
   * @param {Network} network
   * @param {Numbers} x
   */
  showPicture(network, x) {
    const canvas = sheet("picture"), context = pen(canvas), image = context.createImageData(canvas.width, canvas.height)
    const [black, white] = limits(network.ranges[0], x)
    x.forEach((value, i) => image.data.set(grey((value - black) / (white - black)), 4 * i))
    context.putImageData(image, 0, 0)
    canvas.ariaLabel = `what the network reads: ${canvas.height} by ${canvas.width} pixels`
  }

  /** @param {Verdict} says */
  answer({ name, text, answer }) {
    const [digit, sentence] = part("verdict").children
    write(digit, name)
    write(sentence, `${text[0].toUpperCase()}${text.slice(1)}.`)
    digit.classList.toggle("name", [...name].length > 2)
    digit.classList.toggle("sure", answer !== null)
  }

  /** The pen is up, or something was pressed: tell screen readers, and put it into the address. */
  ended() {
    requestAnimationFrame(() => {
      this.prefer()
      if (this.says && this.ink.id === null) write(part("says"), `${this.says.name === "?" ? "" : `${this.says.name}: `}${this.says.text}`)
      this.tell()
    })
  }

  /** While nobody has chosen a neuron: look at the one without which the answer would lose most. */
  prefer() {
    const { network, out } = this
    if (this.chosen || this.ink.id !== null) return
    this.place = [1, decisive(network.layers, this.input(), out)]
    this.show()
  }

  async tell() {
    const drawing = await encode(this.picture), [layer, neuron] = this.chosen ? this.place : [1, undefined], { name } = this.networks[this.at]
    const state = { network: name, layer, neuron, out: this.out, drawing }
    this.address = written(state, this.at ? new URLSearchParams({ network: name }).toString() : "")
    try {
      history.replaceState(null, "", this.address ? `#${this.address}` : location.href.split("#")[0])
    } catch { /* a frame that may not */ }
  }

  /** @param {string} text the state, as link.js writes it */
  async open(text) {
    const { network, layer, neuron, out, drawing } = read(text), trouble = /** @type {string[]} */ ([])
    const at = this.networks.findIndex(({ name }) => name === network)
    if (network !== undefined && at < 0) trouble.push(`The network of this link is not in this file; showing ${this.networks[0].title}.`)
    this.use(Math.max(0, at))
    const place = /** @type {Place} */ ([layer ?? 1, neuron ?? 0])
    this.chosen = layer !== undefined || neuron !== undefined
    if (this.there(place)) this.place = place
    else trouble.push("This network has no such neuron; showing the first.")
    this.out = out.filter((each) => this.there(each))
    document.body.classList.toggle("open", this.chosen)
    try {
      this.ink.load(drawing ? await decode(drawing) : null)
    } catch {
      trouble.push("The drawing in this link cannot be read here. The canvas starts empty.")
    }
    write(part("note"), trouble.join(" "))
    this.ended()
  }
}

/**
 * The neuron of the first hidden layer without which the brightest output would lose most; of a large layer the brightest.
 * @param {Network["layers"]} layers
 * @param {Numbers} x
 * @param {Place[]} out
 */
function decisive(layers, x, out) {
  const pass = forward(layers, x, out), best = brightest(pass), first = pass.activations[1]
  const left = layers.length > 1 && first.length <= FEW ? first.map((_, k) => forward(layers, x, [...out, [1, k]]).activations[layers.length][best])
    : first.map((a) => -a)
  return left.indexOf(Math.min(...left))
}

/** @param {string} base64 */
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))

new Pocket()
