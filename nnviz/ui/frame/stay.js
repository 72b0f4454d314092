// @ts-check
// Streamlit 1.67 mounts a figure anew whenever its numbers change, and hides the one before at once: while Plotly draws,
// an eighth of a second on a laptop, there would be nothing. Here the one before stays in front until the next is drawn.

/** @typedef {{ purge(gd: HTMLElement): void }} Plotly */
/** @typedef {HTMLElement & { layout?: { meta?: { narrow?: boolean } } }} Figure which may be of a phone's window, or of no phone's */
/** @typedef {{ key: string, gd: HTMLElement, shown: boolean, gone: boolean }} Kept what it is found by, its figure, whether
 *   it is in front, and whether Streamlit has taken it away */

const FRAMES = 3, MOST = 60 // until a browser shows the pictures in a drawn figure; after which one is given up
const DRAWN = ".js-plotly-plot .main-svg"
const NARROW = matchMedia("(max-width: 640px)") // a phone's window
const LAID = "canvas.connections" // over a figure, by live/connections.js
/** @type {WeakMap<Element, Kept>} what Streamlit has hidden or taken away */
const kept = new WeakMap()
/** @type {WeakSet<HTMLElement>} the figures in front */
const shown = new WeakSet()

/** Have figures stay until those in their place are drawn. */
export function letFiguresStay() {
  if ("stays" in document.body.dataset) return
  document.body.dataset.stays = ""
  new MutationObserver((records) => {
    for (const { type, target, removedNodes } of records) {
      if (type === "attributes" && target instanceof HTMLElement) {
        if (target.dataset.retained) stay(target, target.parentNode)
        else giveBack(target)
      }
      for (const node of removedNodes) if (node instanceof HTMLElement) stay(node, target)
    }
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-retained"] })
}

/**
 * Have Plotly empty a figure only when it has gone: Streamlit asks for it before it is known whether that stays.
 * @param {Plotly} plotly
 */
export function purgeLater(plotly) {
  const { purge } = plotly
  plotly.purge = (gd) => {
    setTimeout(() => shown.has(gd) || purge(gd))
  }
}

/**
 * Keep a figure that Streamlit has hidden or taken away if another comes in its place, which its key tells.
 * @param {HTMLElement} old what it stands in
 * @param {Node | null} parent
 */
function stay(old, parent) {
  const before = kept.get(old)
  if (before) { // hidden before, and taken away now
    if (old.isConnected) return
    before.gone = true
    if (before.shown) parent?.appendChild(old)
    return
  }
  const key = [...old.classList].find((name) => name.startsWith("st-key-"))
  const gd = /** @type {Figure | undefined} */ (old.querySelector(DRAWN)?.closest(".js-plotly-plot"))
  const narrow = gd?.layout?.meta?.narrow
  if (!key || !gd || !(parent instanceof Element) || (narrow ?? NARROW.matches) !== NARROW.matches) return
  const places = /** @type {HTMLCollectionOf<HTMLElement>} */ (parent.getElementsByClassName(key))
  const next = [...places].find((each) => each !== old && each.parentElement === parent)
  if (!next || next.querySelector(DRAWN)) return
  const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = next, { zIndex } = getComputedStyle(next)
  kept.set(old, { key, gd, shown: true, gone: !old.isConnected })
  shown.add(gd)
  old.classList.remove(key) // it is found by that
  old.ariaHidden = "true"
  old.style.cssText = `display: block !important; position: absolute; z-index: ${zIndex}; pointer-events: none; opacity: 1; transition: none;
    left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`
  if (!old.isConnected) next.after(old)
  wait(old, next, old.querySelector(LAID) ? [DRAWN, LAID] : [DRAWN], MOST)
}

/** @param {HTMLElement} old whose next one is drawn */
function letGo(old) {
  const found = kept.get(old)
  if (!found) return
  found.shown = false
  shown.delete(found.gd)
  old.style.cssText = ""
  if (!found.gone) return // Streamlit hides it, and takes it away
  old.remove()
  window.Plotly?.purge(found.gd)
}

/** @param {HTMLElement} old what Streamlit shows again, since its numbers have come back */
function giveBack(old) {
  const found = kept.get(old)
  if (!found) return
  kept.delete(old)
  shown.delete(found.gd)
  old.classList.add(found.key)
  old.classList.remove("going")
  old.style.cssText = ""
  old.ariaHidden = null
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} next
 * @param {string[]} parts of it that are to be there
 * @param {number} frames to wait for it at most
 */
function wait(old, next, parts, frames) {
  if (!kept.has(old)) return // it was given back
  if (!frames || !next.isConnected) return letGo(old)
  const here = parts.every((part) => next.querySelector(part)?.checkVisibility({ visibilityProperty: true }))
  old.classList.toggle("going", here) // but for pictures and lines: a browser takes a frame or two to show the next ones
  requestAnimationFrame(() => wait(old, next, parts, here ? Math.min(frames, FRAMES) - 1 : frames - 1))
}
