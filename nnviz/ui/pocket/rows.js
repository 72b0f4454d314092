// @ts-check
// The layers as rows of neurons, each as bright as its activation; the last row is the outputs, with their numbers.
// A row is one thing to reach by keyboard, as a slider is: the arrows choose a neuron in it.

import { CLEAR, MANY } from "../live/constants.js"
import { diverging, pen, shade, write } from "../live/drawing.js"
import { limits, signed } from "../live/numbers.js"
import { css, make } from "./dom.js"

/** @import { Network, Pass, Place, Verdict } from "../live/types.d.ts" */
/** @typedef {{ row: HTMLElement, cells: HTMLElement[], bulbs: HTMLElement[], numbers: HTMLDataElement[] }} Row */

const WIDE = 20 // neurons side by side; more are broken into lines of at most
const WIDEST = 32
const MAPS = 32 // neurons that have their weight maps beside them, at most
const DIGITS = 3

/** @param {number} many */
const columns = (many) => (many <= WIDE ? many : Math.ceil(many / Math.ceil(many / WIDEST)))

/**
 * @param {Network} network
 * @param {number} layer
 */
export function layerName({ layers }, layer) {
  return layer === 0 ? "input" : layer === layers.length ? "output" : `hidden ${layer}`
}

/**
 * A neuron's name: an output's is its class.
 * @param {Network} network
 * @param {Place} place
 */
export function neuronName(network, [layer, k]) {
  return layer === network.layers.length ? `output ${network.classes[k]}` : `${layerName(network, layer)}, neuron ${k}`
}

export class Rows {
  /** @type {Row[]} */
  rows = []

  /**
   * @param {HTMLElement} root
   * @param {(place: Place) => void} choose
   */
  constructor(root, choose) {
    this.root = root
    this.choose = choose
  }

  /** @param {Network} network */
  build(network) {
    this.network = network
    this.rows = network.layers.map((_, n) => this.row(network, n + 1))
    this.root.replaceChildren(...this.rows.map(({ row }, n) => {
      const whole = make("div", "layer"), many = network.layers[n].b.length
      const name = make("p", "name", layerName(network, n + 1))
      name.append(make("small", "", n + 1 === network.layers.length ? "" : `${many} neurons`))
      whole.append(name, row)
      return whole
    }))
  }

  /**
   * @param {Network} network
   * @param {number} layer
   * @returns {Row}
   */
  row(network, layer) {
    const many = network.layers[layer - 1].b.length, isLast = layer === network.layers.length, row = make("div", "cells")
    if (isLast) row.id = "outputs"
    row.style.gridTemplateColumns = isLast && many > MANY ? "repeat(auto-fit, minmax(2.25rem, 1fr))" : `repeat(${columns(many)}, minmax(0, 1fr))`
    const bulbs = /** @type {HTMLElement[]} */ ([]), numbers = /** @type {HTMLDataElement[]} */ ([])
    const cells = Array.from({ length: many }, (_, k) => {
      const cell = make("div", "cell"), bulb = make("i")
      bulbs.push(bulb)
      cell.append(bulb)
      if (isLast) {
        const number = make("data")
        number.dataset.output = String(k)
        numbers.push(number)
        cell.append(make("b", [...network.classes[k]].length > 2 ? "long" : "", network.classes[k]), number)
        cell.title = network.classes[k]
      } else if (layer === 1 && many <= MAPS) cell.append(weightMap(network, k))
      return cell
    })
    row.classList.toggle("many", many > WIDE && !isLast)
    row.append(...cells)
    this.listen(row, cells, layer)
    return { row, cells, bulbs, numbers }
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement[]} cells
   * @param {number} layer
   */
  listen(row, cells, layer) {
    const say = { role: "slider", tabIndex: 0, ariaValueMin: "0", ariaValueMax: String(cells.length - 1), ariaValueNow: "0" }
    Object.assign(row, say, { ariaLabel: this.network ? `${layerName(this.network, layer)}: choose a neuron` : "" })
    row.addEventListener("click", (event) => this.choose([layer, nearest(cells, event)])) // not at once: a finger's click would meet what opens
    row.addEventListener("pointermove", (event) => {
      if (event.buttons && event.pointerType === "mouse") this.choose([layer, nearest(cells, event)])
    })
    row.addEventListener("keydown", (event) => {
      const now = Number(row.ariaValueNow), last = cells.length - 1
      /** @type {Record<string, number>} */
      const to = { ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, Home: 0, End: last, Enter: now, " ": now }
      if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in to)) return
      event.preventDefault()
      this.choose([layer, Math.min(last, Math.max(0, to[event.key]))])
    })
  }

  /**
   * @param {Network} network
   * @param {Pass} pass
   * @param {Verdict} verdict
   * @param {Place[]} out
   */
  show(network, { activations }, { found }, out) {
    this.rows.forEach(({ row, cells, bulbs, numbers }, n) => {
      const a = activations[n + 1], [low, high] = limits(network.ranges[n + 1], a), colour = shade(low, high), last = numbers.length > 0
      a.forEach((value, k) => {
        bulbs[k].style.backgroundColor = css(colour(value))
        bulbs[k].classList.toggle("minus", low < 0 && value < -CLEAR * high)
        if (!last) return
        numbers[k].value = String(value)
        write(numbers[k], signed(value, DIGITS))
        cells[k].classList.toggle("sure", found.includes(k))
      })
      row.classList.toggle("signed", low < 0)
      cells.forEach((cell, k) => {
        cell.classList.toggle("lost", out.some(([layer, neuron]) => layer === n + 1 && neuron === k))
      })
      const now = Number(row.ariaValueNow)
      row.ariaValueText = `${neuronName(network, [n + 1, now])}: activation ${signed(a[now], DIGITS)}`
    })
  }

  /** @param {Place | null} chosen */
  mark(chosen) {
    this.rows.forEach(({ row, cells }, n) => {
      cells.forEach((cell, k) => {
        cell.classList.toggle("chosen", chosen?.[0] === n + 1 && chosen[1] === k)
      })
      if (chosen?.[0] === n + 1) row.ariaValueNow = String(chosen[1])
    })
  }
}

/**
 * @param {HTMLElement[]} cells
 * @param {MouseEvent} event
 */
function nearest(cells, { clientX, clientY }) {
  let best = 0, least = Infinity
  cells.forEach((cell, k) => {
    const { left, right, top, bottom } = cell.getBoundingClientRect()
    const far = Math.hypot(Math.max(left - clientX, 0, clientX - right), Math.max(top - clientY, 0, clientY - bottom))
    if (far < least) [best, least] = [k, far]
  })
  return best
}

/**
 * @param {Network} network
 * @param {number} k
 */
function weightMap({ layers: [{ W }], shape: [rows, across] }, k) {
  const small = make("canvas", "map"), w = W.subarray(k * rows * across, (k + 1) * rows * across)
  const [, most] = limits([null, null], w)
  Object.assign(small, { width: across, height: rows })
  const sheet = pen(small), image = sheet.createImageData(across, rows)
  w.forEach((value, i) => image.data.set(diverging(value, most), 4 * i))
  sheet.putImageData(image, 0, 0)
  return small
}
