// @ts-check
// The page's own parts, found by their ids. One that is missing is an error.

/** @param {string} id */
export function part(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no ${id}`)
  return found
}

/** @param {string} id */
export const sheet = (id) => /** @type {HTMLCanvasElement} */ (part(id))

/** @param {string} id */
export const held = (id) => JSON.parse(part(id).textContent ?? "null")

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [name] its class
 * @param {string} [text]
 */
export function make(tag, name = "", text = "") {
  const made = document.createElement(tag)
  if (name) made.className = name
  made.textContent = text
  return made
}

/**
 * Turn a colour as drawing.js mixes it, opacity 0 to 255, into the style sheets' words.
 * @param {number[]} colour
 */
export const css = ([red, green, blue, alpha]) => `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)} / ${(alpha / 255).toFixed(3)})`

/**
 * Give a canvas as many pixels as the screen has where it is shown; return its pen, which counts in the page's pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} [most] at most so many to one of the page's
 */
export function sharp(canvas, most = 2) {
  const { clientWidth: width, clientHeight: height } = canvas, scale = Math.min(most, devicePixelRatio || 1)
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down })
  const context = canvas.getContext("2d")
  if (!context) throw new Error("the browser has no pen for a canvas")
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  return { context, width, height }
}
