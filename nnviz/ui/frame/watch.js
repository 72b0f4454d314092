// @ts-check
// Runs beside every page: asks for it again when another process has taken over, gives it the look that is chosen, and
// has each figure drawn once, without a gap between it and the one before.

import { drawOnce } from "./once.js"
import { Reconnect } from "./reconnect.js"
import { give } from "./stage.js"
import { letFiguresStay } from "./stay.js"

/** @import { Component } from "../live/types.d.ts" */

/** @type {WeakMap<HTMLElement, Reconnect>} */
const watches = new WeakMap()
drawOnce()
letFiguresStay()

/** @param {Component<{ stage: boolean }>} component */
export default function ({ data, parentElement, setTriggerValue }) {
  const watch = watches.get(parentElement) ?? new Reconnect()
  watches.set(parentElement, watch)
  watch.setTriggerValue = setTriggerValue
  give(data.stage)
  return () => {
    watches.get(parentElement)?.leave()
    watches.delete(parentElement)
  }
}
