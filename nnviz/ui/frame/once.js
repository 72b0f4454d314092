// @ts-check
// Streamlit 1.67 has Plotly draw each figure twice when it appears: of no known size, and again as it has measured it,
// which is a third of what a page costs the browser. Here the first drawing gets its size at once, and a second one
// that asks for the same is left out. And what stands below the window is drawn only once the page has nothing else to
// do, or when it is scrolled to. Where Streamlit does otherwise, all is as it was.

import { purgeLater } from "./stay.js"

/** @typedef {{ data: unknown[], layout: Record<string, unknown> }} Figure */
/** @typedef {(gd: HTMLElement, figure: Figure, ...more: unknown[]) => Promise<unknown>} React */
/** @typedef {{ react: React, redraw(gd: Element): void, purge(gd: HTMLElement): void, toImage(figure: object, how: object): Promise<string> }} Plotly */

const NARROWEST = 150, LOWEST = 10 // pixels, as Streamlit has them
const LATEST = 1000 // ms until what is below is drawn, whatever else there is to do
/** @type {WeakMap<HTMLElement, Figure>} what those that have been drawn once were drawn of */
const drawn = new WeakMap()
/** @type {WeakSet<HTMLElement>} those whose second drawing was left out */
const left = new WeakSet()

/** Have Plotly draw each figure once; it may not be there yet. */
export function drawOnce() {
  const { Plotly } = window
  if (Plotly) return take(Plotly)
  if (Object.getOwnPropertyDescriptor(window, "Plotly")?.configurable === false) return // another program's
  /** @type {Plotly | undefined} */
  let own
  Object.defineProperty(window, "Plotly", {
    configurable: true, enumerable: true,
    get: () => own,
    set: (/** @type {Plotly | undefined} */ given) => {
      own = given
      if (given) take(given)
    },
  })
}

/** @type {WeakSet<object>} */
const taken = new WeakSet()
/** @param {Plotly} plotly */
function take(plotly) {
  const { react } = plotly
  if (taken.has(react)) return
  purgeLater(plotly)
  plotly.react = (gd, figure, ...more) => {
    const first = !("_fullLayout" in gd), sized = first && measured(gd, figure)
    if (sized) {
      const late = isBelow(gd)
      gd.style.display = "" // where Streamlit has not measured it yet
      const draw = () => {
        drawn.set(gd, sized)
        return react(gd, { ...figure, layout: structuredClone(sized.layout) }, ...more)
      }
      return late ? idle(gd, Number(sized.layout.height)).then(() => (gd.isConnected ? draw() : gd)) : draw()
    }
    if (!first && isDrawn(gd, figure)) return Promise.resolve(gd)
    return react(gd, figure, ...more)
  }
  taken.add(plotly.react)
}

/**
 * Whether a figure's place is not seen without scrolling.
 * @param {HTMLElement} gd
 */
const isBelow = ({ parentElement }) => Boolean(parentElement && parentElement.getBoundingClientRect().top > innerHeight)

/**
 * Keep a figure's place until the browser has nothing else to do, or it is scrolled to.
 * @param {HTMLElement} gd
 * @param {number} height
 * @returns {Promise<void>}
 */
async function idle(gd, height) {
  gd.style.minHeight = `${height}px`
  /** @type {IntersectionObserver | undefined} */
  let watch
  await new Promise((/** @type {(value?: unknown) => void} */ go) => {
    watch = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && go())
    watch.observe(gd)
    if ("requestIdleCallback" in window) requestIdleCallback(go, { timeout: LATEST })
    else setTimeout(go, LATEST) // WebKit
  })
  watch?.disconnect()
  gd.style.minHeight = ""
}

/**
 * A figure of the size that Streamlit is going to give it; null where that cannot be told.
 * @param {HTMLElement} gd
 * @param {Figure} figure
 * @returns {Figure | null}
 */
function measured(gd, figure) {
  const place = gd.parentElement
  if (!place?.matches(".stPlotlyChart") || !figure?.layout || figure.layout.width !== undefined) return null
  const { width, height } = place.getBoundingClientRect(), given = Number(figure.layout.height)
  const high = getComputedStyle(place).contain.includes("size") ? height : given
  return width < NARROWEST || !(high >= LOWEST) ? null : { data: figure.data, layout: { ...figure.layout, height: high, width } }
}

/**
 * Whether a figure shows just that: it was drawn once, and is now asked for again, or asked for after that was left out.
 * @param {HTMLElement} gd
 * @param {Figure} figure
 */
function isDrawn(gd, figure) {
  const before = drawn.get(gd), { data, layout } = /** @type {HTMLElement & Figure} */ (gd)
  drawn.delete(gd)
  if (!before) return left.has(gd) && figure.data === data && figure.layout === layout
  const same = alike(figure.layout, before.layout) && alike(figure.data, before.data)
  if (same) left.add(gd)
  return same
}

/**
 * Whether two parts of a figure say the same; sizes may differ by less than half a pixel.
 * @param {unknown} one
 * @param {unknown} other
 * @param {string} [name]
 * @returns {boolean}
 */
function alike(one, other, name) {
  if (one === other) return true
  if ((name === "width" || name === "height") && typeof one === "number" && typeof other === "number") return Math.abs(one - other) < 0.5
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false
  const a = /** @type {Record<string, unknown>} */ (one), b = /** @type {Record<string, unknown>} */ (other)
  const names = Object.keys(a).filter((each) => a[each] !== undefined)
  return names.length === Object.keys(b).filter((each) => b[each] !== undefined).length
    && names.every((each) => alike(a[each], b[each], each))
}
