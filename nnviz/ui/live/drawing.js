// What the live parts paint with: new numbers into a chart, a sum or a curve already on the page. Put before live.js by
// live.py, after numbers.js.

const BLUE = [47, 129, 247], RED = [235, 76, 62], CLEAR = 0.15 // nnviz/figures/style.py

const part = (key) => document.querySelector(`.st-key-${key}`)
const plot = (key) => part(key)?.querySelector(".js-plotly-plot")

const grey = (a) => [255 * a, 255 * a, 255 * a, 255]
const diverging = (value, limit) => [...(value < 0 ? RED : BLUE), 255 * Math.min(1, Math.abs(value) / limit) ** 0.7]

// Put new numbers into heatmap k of a chart: into its data, and onto a canvas in the place of the picture that Plotly
// drew of them, until it draws again. (Handing Plotly's <image> a new address takes several times as long.)
function paint(gd, k, values, columns, colour) {
  const rows = Array.from({ length: values.length / columns }, (_, r) => r * columns)
  gd.data[k].z = rows.map((start) => Array.from(values.subarray(start, start + columns)))
  const image = gd.querySelectorAll(".heatmaplayer image")[k]
  const sheet = image.nextElementSibling?.firstChild ?? cover(gd, image, columns, rows.length)
  values.forEach((value, i) => sheet.image.data.set(colour(value), 4 * i))
  sheet.getContext("2d").putImageData(sheet.image, 0, 0)
}

function cover(gd, image, columns, rows) {
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject")
  for (const name of ["x", "y", "width", "height"]) frame.setAttribute(name, image.getAttribute(name))
  const sheet = Object.assign(document.createElement("canvas"), { width: columns, height: rows })
  sheet.style = "display: block; width: 100%; height: 100%; image-rendering: pixelated"
  sheet.image = sheet.getContext("2d", { willReadFrequently: true }).createImageData(columns, rows)
  frame.append(sheet)
  image.after(frame)
  image.style.visibility = "hidden"
  gd.once("plotly_afterplot", () => {
    frame.remove()
    image.style.visibility = ""
  })
  return sheet
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function showSum(terms, bias, z, a) {
  const box = part("arithmetic"), put = (name, text) => write(box.querySelector(`[data-is="${name}"]`), text)
  if (!box) return // a step of the talk has just gone
  const positive = terms.reduce((sum, t) => sum + Math.max(0, t), 0), negative = terms.reduce((sum, t) => sum + Math.min(0, t), 0)
  const [p, n, b, total] = addUp([positive, negative, bias], z, 3)
  put("positive", signed(p, 3))
  put("negative", signed(n, 3))
  put("bias", signed(b, 3))
  put("z", signed(total, 3))
  put("a", a.toFixed(3))
  put("threshold", signed(-b, 3))
  put("met", total > 0 ? "It does" : "It does not")
  put("sum", signed(p + n, 3))
  put("same", signed(total, 3))
}

function showTerms(gd, terms, layer) {
  if (!gd) return
  paint(gd, 0, terms, layer === 1 ? SIDE : 1, (value) => diverging(value, gd.data[0].zmax))
  if (layer === 1) showMinusSigns(gd, terms)
  gd.querySelectorAll(".heatmap-label text").forEach((text, k) => {
    const number = signed(terms[k], 3)
    write(text, number[0] === "−" ? number : `+${number}`)
  })
}

// figures/style.py: a minus sign in each clearly negative cell.
function showMinusSigns(gd, terms) {
  const path = gd.querySelector(".scatterlayer .js-line"), { xaxis, yaxis } = gd._fullLayout, limit = CLEAR * gd.data[0].zmax
  const signs = [...terms.keys()].filter((i) => terms[i] < -limit).map((i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE], y = yaxis.l2p(row)
    return `M${xaxis.l2p(column - 0.25)},${y}L${xaxis.l2p(column + 0.25)},${y}`
  })
  path?.setAttribute("d", signs.join("") || "M0,0")
}

function showPoint(gd, z, a) {
  if (!gd) return
  const { xaxis, yaxis } = gd._fullLayout, reach = xaxis.range[1]
  const x = xaxis.l2p(Math.max(-reach, Math.min(reach, z))), y = yaxis.l2p(a)
  gd.data[2].x = [z]
  gd.data[2].y = [a]
  gd.querySelector(".points .point").setAttribute("transform", `translate(${x},${y})`)
  gd.querySelectorAll(".js-line")[1].setAttribute("d", `M${x},${yaxis.l2p(0)}L${x},${y}L${xaxis.l2p(-reach)},${y}`)
}
