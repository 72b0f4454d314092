// @ts-check
// What leads elsewhere: the link to this page, the full app with the same drawing, and the page itself as a file.

import { held, part } from "./dom.js"
import { code } from "./qr.js"

/** @import { Held } from "./pocket.js" */

export class Sharing {
  /** @type {{ state: string, app: string }} */
  opens = held("opens")
  page = /** @type {HTMLElement} */ (document.documentElement.cloneNode(true)) // as it came: nothing has been shown yet

  /** @param {() => { held: Held, state: string }} now */
  constructor(now) {
    this.now = now
    const dialog = /** @type {HTMLDialogElement} */ (part("sharing"))
    part("share").addEventListener("click", () => {
      this.fill()
      dialog.showModal()
    })
    part("leave").addEventListener("click", () => dialog.close())
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()) // beside it
    part("copy").addEventListener("click", () => this.copy())
    part("keep").addEventListener("click", () => this.keep())
  }

  get served() {
    return location.protocol.startsWith("http")
  }

  /** Where the app is: it hands out this page, or this page was taken from it. */
  get app() {
    return this.served ? `${location.origin}/` : this.opens.app
  }

  /** This page's address with what is on screen; the app's copy of it, if this one lies in a folder. */
  get link() {
    return `${this.served ? location.href.split("#")[0] : this.app && `${this.app}pocket`}#${this.now().state}`
  }

  fill() {
    const { held: { title, about, query }, state } = this.now(), full = /** @type {HTMLAnchorElement} */ (part("full"))
    const said = new URLSearchParams(state)
    said.delete("network")
    for (const [name, value] of new URLSearchParams(query)) said.set(name, value)
    full.hidden = !this.app
    if (this.app) full.href = `${this.app}?${said.toString().replaceAll("%2C", ",")}`
    this.draw()
    part("about").textContent = `${title}: ${about}.`
    part("copied").textContent = ""
    part("copy").hidden = !this.served && !this.app
  }

  /** Draw the link as a code, if other devices can reach it. */
  draw() {
    const own = /^https?:\/\/(localhost|127\.|\[::1\])/.test(this.link), { app, link } = this
    part("code").hidden = !app || own
    part("code-says").textContent = !app ? "This file was not taken from a server that others could reach: hand on the file itself."
      : own ? "This address is this device’s own, so no other phone can reach it."
      : "Another phone reads this code and gets this page, your drawing included."
    if (app && !own) part("code").replaceChildren(svg(code(link)))
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.link)
      part("copied").textContent = "Copied."
    } catch { // not a secure page, or not allowed
      part("copied").textContent = this.link
    }
  }

  /** Save the page as it came, opening with what is on screen. */
  keep() {
    const opens = this.page.querySelector("#opens")
    if (!opens) return
    opens.textContent = JSON.stringify({ state: this.now().state, app: this.app }).replaceAll("<", "\\u003c")
    const href = URL.createObjectURL(new Blob(["<!doctype html>\n", this.page.outerHTML], { type: "text/html" }))
    Object.assign(document.createElement("a"), { href, download: "nnviz.html" }).click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
    part("copied").textContent = "Kept as nnviz.html: it opens without the internet."
  }
}

const SVG = "http://www.w3.org/2000/svg", QUIET = 4 // squares left white around a code

/** @param {boolean[][]} squares */
function svg(squares) {
  const side = squares.length + 2 * QUIET, picture = document.createElementNS(SVG, "svg")
  const parts = [["#fff", `M0,0h${side}v${side}h${-side}z`], ["#000", squares.map((line, row) => line.map((dark, column) => (
    dark ? `M${column + QUIET},${row + QUIET}h1v1h-1z` : "")).join("")).join("")]]
  picture.append(...parts.map(([fill, d]) => {
    const path = document.createElementNS(SVG, "path")
    path.setAttribute("fill", fill)
    path.setAttribute("d", d)
    return path
  }))
  for (const [name, value] of [["viewBox", `0 0 ${side} ${side}`], ["shape-rendering", "crispEdges"], ["role", "img"], ["aria-label", "This link as a code, to be read by a phone"]])
    picture.setAttribute(name, value)
  return picture
}
