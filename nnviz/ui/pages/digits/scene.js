// @ts-check
// What stands over the points of the map, and the map as a picture for a slide.

import { escaped } from "../../frame/svg.js"
import { ACCENT } from "../../live/constants.js"
import { pen } from "../../live/drawing.js"
import { drawFlat } from "./points.js"

/** @import { Scene } from "./points.js" */
/** @typedef {{ classes: string[], mine: [number, number] | undefined, pointed: number }} Above */

const ROUNDS = 40 // in which names that lie over one another are pushed apart
const font = () => getComputedStyle(document.querySelector(".stApp") ?? document.body).fontFamily

/**
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {number} share
 * @returns {[number, number]}
 */
export const between = ([x, y], to, share) => [x + share * (to[0] - x), y + share * (to[1] - y)]

/**
 * @param {Scene} scene
 * @param {number} k
 * @returns {[number, number]}
 */
export function whereIs({ from, to, share }, k) {
  return between([from[2 * k], from[2 * k + 1]], [to[2 * k], to[2 * k + 1]], share)
}

/**
 * Where the middle of each class is; undefined, if it has no points.
 * @param {Scene} scene
 * @param {number} many
 */
function middles({ from, to, share, groups }, many) {
  const sums = Array.from({ length: many }, () => [0, 0, 0])
  groups.forEach((group, k) => {
    const sum = sums[group]
    if (!sum) return
    sum[0] += from[2 * k] + share * (to[2 * k] - from[2 * k])
    sum[1] += from[2 * k + 1] + share * (to[2 * k + 1] - from[2 * k + 1])
    sum[2]++
  })
  return sums.map(([x, y, n]) => (n ? /** @type {[number, number]} */ ([x / n, y / n]) : undefined))
}

/**
 * The same places, pushed apart until no two are nearer than that, as far as a few rounds do it.
 * @param {(readonly [number, number] | undefined)[]} places
 * @param {number} least
 */
export function spaced(places, least) {
  const moved = places.map((place) => place && /** @type {[number, number]} */ ([place[0], place[1]]))
  for (let round = 0; round < ROUNDS; round++) moved.forEach((one, k) => {
    for (const other of moved.slice(k + 1)) {
      if (!one || !other) continue
      const [x, y] = [other[0] - one[0], other[1] - one[1]], apart = Math.hypot(x, y), by = (least - apart) / 2
      if (by <= 0) continue
      const [right, down] = apart ? [x / apart * by, y / apart * by] : [by, 0]
      one[0] -= right
      one[1] -= down
      other[0] += right
      other[1] += down
    }
  })
  return moved
}

/**
 * What stands over the points: each class's name in the middle of them, or on a line beside it where another's is, the one pointed at, and the drawing's.
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 * @param {Above} what
 */
export function drawAbove(canvas, scene, { classes, mine, pointed }) {
  const sheet = pen(canvas), { width, height } = canvas, side = Math.min(width, height), scale = side / 2 / scene.reach
  const place = (/** @type {[number, number]} */ [x, y]) => /** @type {const} */ ([width / 2 + x * scale, height / 2 - y * scale])
  const radius = Math.max(11 * devicePixelRatio, side / 36)
  const disc = (/** @type {readonly [number, number]} */ [x, y], /** @type {number} */ r, /** @type {string} */ fill, line = "#fff") => {
    sheet.beginPath()
    sheet.arc(x, y, r, 0, 2 * Math.PI)
    Object.assign(sheet, { fillStyle: fill, strokeStyle: line, lineWidth: side / 250 })
    sheet.fill()
    sheet.stroke()
  }
  Object.assign(sheet, { textAlign: "center", textBaseline: "middle", font: `700 ${1.3 * radius}px ${font()}` })
  const among = middles(scene, classes.length).map((middle) => middle && place(middle))
  const names = spaced(among, 2.1 * radius)
  Object.assign(sheet, { strokeStyle: "#fff", lineWidth: side / 250 })
  among.forEach((middle, k) => {
    const at = names[k]
    if (!middle || !at) return
    sheet.beginPath()
    sheet.moveTo(...middle)
    sheet.lineTo(...at)
    sheet.stroke()
  })
  names.forEach((at, k) => {
    if (!at) return
    const [x, y] = at
    disc([x, y], radius, `rgb(${scene.colours[k % scene.colours.length]})`)
    sheet.fillStyle = "#0b1220"
    sheet.fillText(classes[k].slice(0, 2), x, y + radius / 12, 1.7 * radius)
  })
  if (pointed >= 0) disc(place(whereIs(scene, pointed)), 0.6 * radius, "transparent", getComputedStyle(canvas).color)
  if (!mine) return
  const [x, y] = place(mine)
  sheet.save()
  sheet.translate(x, y)
  sheet.rotate(Math.PI / 4)
  Object.assign(sheet, { fillStyle: ACCENT, strokeStyle: "#fff", lineWidth: side / 120, shadowColor: "#000", shadowBlur: radius / 2 })
  sheet.strokeRect(-0.7 * radius, -0.7 * radius, 1.4 * radius, 1.4 * radius)
  sheet.fillRect(-0.7 * radius, -0.7 * radius, 1.4 * radius, 1.4 * radius)
  sheet.restore()
}

/**
 * The map as a picture in SVG, for a slide below its title: 1920 x 960.
 * @param {Scene} scene
 * @param {Above} what
 * @param {string} text
 */
export function onSlide(scene, what, text) {
  const sheet = Object.assign(document.createElement("canvas"), { width: 1920, height: 880 }), above = sheet.cloneNode()
  drawFlat(sheet, { ...scene, size: 7 })
  drawAbove(/** @type {HTMLCanvasElement} */ (above), scene, what)
  pen(sheet).drawImage(/** @type {HTMLCanvasElement} */ (above), 0, 0)
  return `<image width="1920" height="880" href="${sheet.toDataURL()}"/>`
    + `<text x="960" y="930" font-size="30" text-anchor="middle" fill="currentColor">${escaped(text)}</text>`
}
