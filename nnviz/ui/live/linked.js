// @ts-check
// When the connections are drawn: with the figure of all layers, whenever Plotly draws that, and again by the key F.

import { plot } from "./charts.js"
import { flow, showConnections, toggle } from "./connections.js"
import { fits } from "./layers.js"

/** @import { Network, Pass, Plot } from "./types.d.ts" */
/** @typedef {{ network: Network, pass: Pass }} Present */

export class Linked {
  /**
   * @param {() => Present | undefined} present what is on the page now, unless the pen is down
   * @param {(text: string) => void} say
   * @param {AbortSignal} signal
   */
  constructor(present, say, signal) {
    this.present = present
    this.say = say
    this.signal = signal
    document.addEventListener("keydown", (event) => this.press(event), { signal })
    const watch = new MutationObserver(() => this.find())
    watch.observe(document.body, { childList: true, subtree: true })
    signal.addEventListener("abort", () => watch.disconnect())
  }

  /** Python's answer may be a new figure, in the place of the one before. */
  find() {
    const all = plot("activations")
    if (!all || all.linked) return
    all.linked = true
    all.on("plotly_afterplot", () => this.draw(all))
    this.draw(all)
  }

  show() {
    const all = plot("activations")
    if (all) this.draw(all)
  }

  /** @param {Plot<"activations">} all */
  draw(all) {
    const now = this.present()
    const placed = all._fullLayout.xaxis?._offset !== undefined // Plotly has got so far
    if (now && placed && !this.signal.aborted && fits(all, now.pass)) showConnections(all, now.network, now.pass, true)
  }

  /** The pen was lifted. */
  flow() {
    const all = plot("activations")
    if (all) flow(all)
  }

  /** @param {KeyboardEvent} event */
  press({ key, target, ctrlKey, altKey, metaKey }) {
    const typing = target instanceof Element && target.closest("input, textarea, [contenteditable]")
    if (key !== "f" || ctrlKey || altKey || metaKey || typing || !plot("activations")) return
    this.say(toggle() ? "connections shown" : "connections hidden")
    this.show()
  }
}
