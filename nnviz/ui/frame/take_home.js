// @ts-check
// Lists the charts on the page, and what other scripts offer (window.nnvizSlides), and saves each as a picture for a
// slide. On the page the style sheet colours text and the page itself is the background: a file needs both written into it.

import { escaped } from "./svg.js"

/** @import { Component, Key, Plot } from "../live/types.d.ts" */
/** @typedef {Record<string, [title: string, about: string]>} Titles */
/** @typedef {{ gd: Plot<Key> | undefined, key: string, title: string, about: string }} Chart */

const WIDTH = 1920, HEIGHT = 1080

/**
 * @param {Titles} titles
 * @returns {Chart[]}
 */
function charts(titles) {
  const plots = /** @type {NodeListOf<Plot<Key>>} */ (document.querySelectorAll("[class*=st-key-] .js-plotly-plot"))
  const found = [...plots]
    .filter((gd) => gd.data && gd.clientWidth)
    .map((gd) => ({ gd, key: gd.closest("[class*=st-key-]")?.className.match(/st-key-([\w-]+)/)?.[1] ?? "" }))
  const offered = [...window.nnvizSlides?.keys() ?? []].map((key) => ({ gd: undefined, key }))
  return [...found, ...offered].map(({ gd, key }) => {
    const [title, about] = titles[key] ?? [key[0].toUpperCase() + key.slice(1).replaceAll("_", " "), ""]
    return { gd, key, title, about }
  })
}

const look = () => getComputedStyle(document.querySelector(".stApp") ?? document.body)

/**
 * What is no chart, as SVG: its title, and below it what its script draws.
 * @param {Chart} chart
 */
function drawn({ key, title, about }) {
  const { color, backgroundColor, fontFamily } = look(), body = window.nnvizSlides?.get(key)
  if (!body) throw new Error("it is no longer on the page")
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" `
    + `color="${color}" font-family="${escaped(fontFamily)}"><rect width="100%" height="100%" fill="${backgroundColor}"/>`
    + `<text x="${WIDTH / 2}" y="78" font-size="48" text-anchor="middle" fill="currentColor"><tspan font-weight="700">`
    + `${escaped(title)}</tspan>${about ? `, ${escaped(about)}` : ""}</text><g transform="translate(0 120)">${body()}</g></svg>`
}

/** @param {string} svg */
async function asPng(svg) {
  const sheet = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT }), image = new Image()
  image.src = addressOf(svg)
  await image.decode()
  sheet.getContext("2d")?.drawImage(image, 0, 0)
  return sheet.toDataURL()
}

const addressOf = (/** @type {string} */ svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`

/**
 * A sixteenth of the slide's width in the chart's own pixels: the chart keeps its size, whatever is on it its place, and
 * the slide is put around it, one part of nine above for the title. Only an n that leaves no fraction of a pixel will do.
 * @param {Plot<Key>} gd
 */
function unit(gd) {
  let n = Math.ceil(Math.max(gd.clientWidth / 16, gd.clientHeight / 8))
  while (16 * n * (120 / n) !== WIDTH || 9 * n * (120 / n) !== HEIGHT) n++
  return n
}

/**
 * @param {Chart & { gd: Plot<Key> }} chart
 * @param {number} n
 */
function slide({ gd, title, about }, n) {
  const { color, backgroundColor } = look()
  const coloured = (/** @type {{ font?: object, [more: string]: unknown }} */ part = {}) => ({ ...part, font: { ...part.font, color } })
  const { margin, ...given } = gd.layout, spare = 8 * n - gd.clientHeight
  /** @type {Record<string, any>} Plotly's own words */
  const layout = {
    ...coloured(given),
    autosize: false,
    margin: { ...margin, t: margin.t + n + spare / 2, b: margin.b + spare / 2 },
    paper_bgcolor: backgroundColor,
    title: {
      text: about ? `<b>${title}</b>, ${about}` : `<b>${title}</b>`, x: 0.5, xanchor: "center", y: 1, yanchor: "top",
      pad: { t: 0.3 * n }, font: { color, size: 0.45 * n },
    },
    annotations: given.annotations?.map(coloured),
  }
  for (const [name, axis] of Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name))) {
    const domain = gd._fullLayout[/** @type {"xaxis"} */ (name)]._inputDomain ?? axis.domain // Plotly narrows axis.domain to fit its pixels
    layout[name] = { ...axis, domain, tickfont: { ...axis.tickfont, color }, title: coloured(axis.title) }
  }
  return { layout, data: gd.data.map((trace) => ({ ...trace, textfont: { ...trace.textfont, color } })) }
}

/**
 * By a link that is nowhere on the page: Plotly's own is, and a press outside of it closes what the buttons are in.
 * @param {string} address
 * @param {string} name
 */
async function download(address, name) {
  const href = URL.createObjectURL(await (await fetch(address)).blob())
  Object.assign(document.createElement("a"), { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), 10_000)
}

class Pictures {
  /** @type {Titles} */
  titles = {}
  all = "nothing yet"

  /** @param {HTMLElement} root */
  constructor(root) {
    const own = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector))
    this.list = own("ul")
    this.none = own("p")
    this.says = own("output")
    this.watch = setInterval(() => this.show(), 500) // charts come and go with the page's own choices
  }

  show(titles = this.titles) {
    this.titles = titles
    const found = charts(titles), all = JSON.stringify(found.map(({ key, title }) => [key, title]))
    if (all === this.all) return
    this.all = all
    this.none.hidden = found.length > 0
    this.list.replaceChildren(...found.map((chart) => this.row(chart)))
  }

  /** @param {Chart} chart */
  row({ key, title }) {
    const row = document.createElement("li"), name = document.createElement("span")
    name.textContent = title
    row.append(name, ...["PNG", "SVG"].map((kind) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: kind })
      button.setAttribute("aria-label", `Save ${title[0].toLowerCase()}${title.slice(1)} as ${kind}`)
      button.onclick = () => this.save(key, kind.toLowerCase())
      return button
    }))
    return row
  }

  /**
   * @param {Chart} chart
   * @param {string} format
   */
  pictureOf({ gd, ...more }, format) {
    if (!gd) return format === "png" ? asPng(drawn({ gd, ...more })) : addressOf(drawn({ gd, ...more }))
    if (!window.Plotly) throw new Error("it is no longer on the page")
    const n = unit(gd), size = { width: 16 * n, height: 9 * n, scale: 120 / n }
    return window.Plotly.toImage(slide({ gd, ...more }, n), { format, ...size })
  }

  /**
   * @param {string} key
   * @param {string} format
   */
  async save(key, format) {
    const chart = charts(this.titles).find((chart) => chart.key === key) // as it is now
    const name = `nnviz-${key.replace(/[^a-z0-9]+/gi, "-")}.${format}`
    try {
      if (!chart) throw new Error("it is no longer on the page")
      await download(await this.pictureOf(chart, format), name)
      this.says.textContent = `Saved ${name}.`
    } catch (error) {
      this.says.textContent = `This figure could not be saved: ${error instanceof Error ? error.message : error}`
    }
  }
}

/** @type {WeakMap<HTMLElement, Pictures>} */
const shown = new WeakMap()
/** @param {Component<{ titles: Titles }>} component */
export default function ({ data, parentElement }) {
  const pictures = shown.get(parentElement) ?? new Pictures(parentElement)
  shown.set(parentElement, pictures)
  pictures.show(data.titles)
  return () => {
    clearInterval(shown.get(parentElement)?.watch)
    shown.delete(parentElement)
  }
}
