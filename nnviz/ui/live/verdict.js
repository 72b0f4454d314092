// @ts-check
// The network's answer in words and bars, as nnviz/ui/kit/answer.py has it.

import { part } from "./charts.js"
import { FEW, LONGEST, SHORT, SURE } from "./constants.js"
import { rewrite, write } from "./drawing.js"
import { brightest, isBlank, limits, signed } from "./numbers.js"

/** @import { Network, Pass, Verdict } from "./types.d.ts" */

/**
 * The class that is the answer, if there is one; the sentence; the outputs that stand out.
 * @param {Network} network
 * @param {Pass} pass
 * @returns {Verdict}
 */
export function judge(network, pass) {
  const output = pass.activations[pass.zs.length], kind = network.layers[pass.zs.length - 1].activation
  const best = brightest(pass), blank = isBlank(network, pass.activations[0])
  const says = kind === "sigmoid" || kind === "softmax"
  const left = pass.lost.length < output.length
  const found = says ? [...output.keys()].filter((k) => output[k] > SURE) : left ? [best] : []
  const answer = !blank && found.length === 1 ? found[0] : null, name = called(network, best)
  const text = blank ? `nothing drawn yet; ${ofBlankPaper(network, found, says)}`
    : !says && !left ? "no output is left"
    : !says ? "its output is the largest; outputs like these do not say how sure that is"
    : kind === "softmax" ? ofShares(name, output[best], found.length > 0)
    : found.length === 1 ? "one output neuron is sure"
    : found.length ? `no single output neuron is sure: ${sayYes(network, found)}`
    : `no output neuron is sure; the brightest is ${name}`
  return { answer, text, found, name: answer === null ? "?" : plain(network.classes[answer]) }
}

/**
 * @param {Network} network
 * @param {number[]} found
 * @param {boolean} says
 */
function ofBlankPaper(network, found, says) {
  const name = found.length ? called(network, found[0]) : ""
  if (!says && !name) return "no output is left"
  if (!says) return `for blank paper the largest output is that of ${name}`
  if (found.length > 1) return `to blank paper ${sayYes(network, found)}`
  const article = name === "8" ? "an " : name.length === 1 ? "a " : ""
  return name ? `it takes blank paper for ${article}${name}` : "for blank paper it has no sure answer"
}

/**
 * @param {string} name
 * @param {number} part
 * @param {boolean} found
 */
function ofShares(name, part, found) {
  const whole = part >= 0.995 ? "more than 99 %" : part > 0.5 && part < 0.505 ? "just over 50 %" : `${(100 * part).toFixed(0)} %`
  if (found) return `${name} has ${whole} of the total`
  return `no output has more than half of the total; ${name} has the largest share, ${whole}`
}

/**
 * @param {Network} network
 * @param {number[]} found
 */
function sayYes(network, found) {
  if (found.length > FEW) return `${found.length} outputs say yes`
  const named = found.map((k) => called(network, k)), last = named.pop()
  return `${named.join(", ")} and ${last} ${found.length === 2 ? "both" : "all"} say yes`
}

/**
 * @param {Network} network
 * @param {number} k
 */
function called({ classes }, k) {
  return /^[0-9]$/.test(classes[k]) ? classes[k] : `"${plain(classes[k])}"`
}

/**
 * A name on one line, cut short.
 * @param {string} name
 */
function plain(name) {
  const line = [...name].map((c) => (/[\p{C}\p{Z}]/u.test(c) && c !== " " ? "\ufffd" : c))
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).join("")}…` : line.join("")
}

/**
 * @param {Network} network
 * @param {Pass} pass
 * @param {Verdict} verdict
 */
export function showAnswer(network, { activations }, { text, found, name }) {
  const { ranges } = network, output = activations[activations.length - 1], box = part("verdict")
  if (box) {
    const large = within(box, ".digit")
    write(large, name)
    large.classList.toggle("name", [...name].length > SHORT)
    large.classList.toggle("blank", isBlank(network, activations[0]))
    write(within(box, ".sentence"), text)
  }
  const [, high] = limits(ranges[ranges.length - 1], output), places = high < 10 ? 3 : high < 100 ? 2 : high < 1000 ? 1 : 0
  const rows = part("outputs")?.querySelectorAll("li") ?? []
  if (rows.length !== output.length) return // another network's, until Python has drawn it
  rows.forEach((row, k) => {
    row.classList.toggle("sure", found.includes(k))
    within(row, "i").style.transform = `scaleX(${(output[k] / high).toFixed(3)})`
    rewrite(within(row, "code"), signed(output[k], places))
  })
}

/**
 * @param {Element} element
 * @param {string} selector
 */
function within(element, selector) {
  const found = /** @type {HTMLElement | null} */ (element.querySelector(selector))
  if (!found) throw new Error(`the answer has no ${selector}`)
  return found
}
