// @ts-check
// The votes of the phones in the room, and the code that leads them to the ballot.

import { ACCENT } from "../../live/constants.js"

/** @import { Stage, Box } from "./stage.js" */

/**
 * @param {Stage} s
 * @param {Box} box
 * @param {Record<string, number>} votes
 * @param {string} letter
 */
export function showVotes(s, { x, y, w, h }, votes, letter) {
  const { size } = s, many = votes[letter] ?? 0, most = Math.max(5, ...Object.values(votes))
  const bottom = y + h, tall = (h - size * 1.5) * many / most, wide = Math.min(w * 0.6, size * 2.2), cx = x + w * 0.45
  s.line(cx - wide * 0.7, bottom, cx + wide * 0.7, bottom, s.muted, 3)
  s.fill(cx - wide / 2, bottom - tall, wide, tall, ACCENT)
  s.text(`${many}`, cx, bottom - tall - size * 0.75, { bold: true })
}

/**
 * @param {Stage} s
 * @param {Box} box
 * @param {HTMLImageElement} code
 */
export function showCode(s, { x, y, w, h }, code) {
  s.text("Vote with your phone", x + w / 2, s.size * 0.6, { bold: true })
  s.context.imageSmoothingEnabled = false
  s.fill(x, y, w, h, "#fff")
  s.context.drawImage(code, x, y, w, h)
}
