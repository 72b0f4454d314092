// @ts-check
// Streamlit 1.67 takes a figure off the page whenever its numbers change, and has Plotly draw another: for a frame or two
// there would be nothing. Here the one before stays in front of it until it is drawn.

/** @typedef {{ purge(gd: HTMLElement): void }} Plotly */

const FRAMES = 3, MOST = 60 // until a browser shows the pictures in a drawn figure; after which one is given up
const PLOT = "js-plotly-plot", DRAWN = `.${PLOT} .main-svg`
const LAID = "canvas.connections" // over a figure, by live/connections.js
/** @type {WeakSet<HTMLElement>} figures that stay a little longer than Streamlit wants them to */
const staying = new WeakSet()

/** Have figures stay until those in their place are drawn. */
export function letFiguresStay() {
  if ("stays" in document.body.dataset) return
  document.body.dataset.stays = ""
  new MutationObserver((records) => {
    for (const { target, removedNodes } of records) for (const old of removedNodes) {
      const gd = old instanceof HTMLElement && old.querySelector(`.${PLOT}`)
      const next = gd && added(records, target)
      if (next && gd instanceof HTMLElement && !old.isConnected) cover(old, gd, next)
    }
  }).observe(document.body, { childList: true, subtree: true })
}

/**
 * Leave those that stay as they are when Streamlit wants them emptied.
 * @param {Plotly} plotly
 */
export function purgeLater(plotly) {
  const { purge } = plotly
  plotly.purge = (gd) => {
    setTimeout(() => staying.has(gd) || purge(gd)) // by then it is known whether another comes in its place
  }
}

/**
 * The figure that has come in the place of one that went.
 * @param {MutationRecord[]} records
 * @param {Node} target
 */
function added(records, target) {
  for (const record of records) if (record.target === target) for (const node of record.addedNodes) {
    if (node instanceof HTMLElement && node.isConnected && node.querySelector(".stPlotlyChart")) return node
  }
  return null
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} gd
 * @param {HTMLElement} next
 */
function cover(old, gd, next) {
  const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = next
  staying.add(gd)
  gd.classList.remove(PLOT) // it is found by that
  old.ariaHidden = "true"
  Object.assign(old.style, { position: "absolute", zIndex: "1", pointerEvents: "none" })
  for (const [side, size] of Object.entries({ left, top, width, height })) old.style.setProperty(side, `${size}px`)
  next.before(old)
  wait(next, old.querySelector(LAID) ? [DRAWN, LAID] : [DRAWN], MOST, () => {
    old.remove()
    staying.delete(gd)
    window.Plotly?.purge(gd)
  })
}

/**
 * @param {HTMLElement} next
 * @param {string[]} parts of it that are to be there
 * @param {number} frames to wait for it at most
 * @param {() => void} done
 */
function wait(next, parts, frames, done) {
  if (!frames || !next.isConnected) return done()
  const here = parts.every((part) => next.querySelector(part))
  requestAnimationFrame(() => wait(next, parts, here ? Math.min(frames, FRAMES) - 1 : frames - 1, done))
}
