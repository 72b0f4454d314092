// The wiring on the Network page follows the pen, and the numbers beside it. How Python drew it stands in the figure's
// `layout.meta` (`Wiring` in live.py); what is painted over goes when Plotly draws again. Put before live.js by live.py.

const ACCENT = "rgb(240,165,0)", WINNER = 13.5 // nnviz/figures/style.py, and half of wiring.py's size
const SVG = "http://www.w3.org/2000/svg"

// Where things stand among the figure's traces: the input, six traces of lines for each layer of weights, the circles of
// each layer, the digits.
const linesOf = (layer) => 6 * layer - 5
const circlesOf = (layer, layers) => 6 * layers + layer
const digitsOf = (layers) => 7 * layers + 1
const group = (gd, k) => [...gd.querySelectorAll(".scatterlayer > .trace")].find((g) => g.__data__[0].trace.index === k)

function showWiring(gd, layers, trace, { answer, text }) {
  const meta = gd.layout.meta, many = layers.length
  const point = pointer(gd, many)
  paint(gd, 0, trace.activations[0], SIDE, grey)
  for (let layer = 1; layer <= many; layer++) showCircles(gd, circlesOf(layer, many), layer, trace, meta)
  if (meta.by === "signal") showLines(gd, layers.map((_, n) => signalLines(layers, trace, n + 1, meta)), point)
  if (meta.step > 2 * many) {
    showMarks(gd, many, answer, point)
    put("answer", `The answer${answer === null ? "" : `: ${answer}`}.`)
    put("sentence", `${text[0].toUpperCase()}${text.slice(1)}.`)
  }
  if (meta.step) showSums(layers, trace, meta)
  if (part("arithmetic")) showOne(layers, trace, ...meta.neuron)
}

function put(name, text) {
  const element = document.querySelector(`.step [data-is=${name}]`)
  if (element) write(element, text)
}

// Return the function that says where neuron k of a layer, or pixel k of layer 0, is in the picture.
function pointer(gd, many) {
  const { xaxis, yaxis } = gd._fullLayout, near = (place) => Math.round(10 * place) / 10
  return (layer, k) => {
    const { x, y } = layer ? gd.data[circlesOf(layer, many)] : {}
    const [column, row] = layer ? [x[k], y[k]] : [k % SIDE, Math.floor(k / SIDE)]
    return { column, row, at: `${near(xaxis.l2p(column))},${near(yaxis.l2p(row))}` }
  }
}

function showCircles(gd, index, layer, trace, { step, only }) {
  const z = trace.zs[layer - 1], a = trace.activations[layer], data = gd.data[index]
  const ringed = step === 2 * layer - 1, shaded = step >= 2 * layer
  data.customdata.forEach((row, k) => ([row[2], row[3]] = [z[k], a[k]]))
  if (shaded) data.marker.color = Array.from(a)
  if (!ringed && !shaded) return
  group(gd, index).querySelectorAll(".point").forEach((circle, k) => {
    if (shaded) circle.style.fill = `rgb(${grey(a[k]).slice(0, 3)})`
    if (ringed && !(only?.[0] === layer && only[1] === k)) {
      circle.style.stroke = `rgb(${z[k] > 0 ? BLUE : RED})`
      circle.style.strokeWidth = z[k] > 0 ? "4px" : "2px"
    }
  })
}

// ---- lines by weight × a: each neuron's strongest, as surgery.strongest_lines and anatomy.py choose them ------------

export function strongest({ W, b }, a, most) {
  const lit = [...a.keys()].filter((i) => a[i]), given = Float32Array.from(a)
  return Array.from(b).flatMap((_, target) => {
    const w = W.subarray(target * a.length)
    const terms = lit.map((source) => ({ source, target, value: Math.fround(w[source] * given[source]) }))
    return terms.filter(({ value }) => value).sort((p, q) => Math.abs(q.value) - Math.abs(p.value)).slice(0, most)
  })
}

function signalLines(layers, trace, layer, { most, only, focus }) {
  const lines = () => strongest(layers[layer - 1], trace.activations[layer - 1], only ? Infinity : most)
  if (!only) return lines()
  if (layer === only[0]) return lines().filter(({ target }) => target === only[1]).slice(0, focus)
  return layer === only[0] + 1 ? lines().filter(({ source }) => source === only[1]) : []
}

function showLines(gd, drawn, point) {
  const paths = instead(gd, "lines", drawn.map((_, n) => linesOf(n + 1)).flatMap(six))
  drawn.forEach((lines, n) => {
    const largest = Math.max(...lines.map(({ value }) => Math.abs(value))), first = linesOf(n + 1)
    const found = six(first).map(() => ({ x: [], y: [], d: "" }))
    for (const { source, target, value } of lines) {
      const third = Math.min(2, Math.floor(Math.abs(value) / largest * 3)), one = found[3 * (value > 0) + third]
      const from = point(n, source), to = point(n + 1, target)
      one.x.push(from.column, to.column, null)
      one.y.push(from.row, to.row, null)
      one.d += `M${from.at}L${to.at}`
    }
    found.forEach(({ x, y, d }, k) => {
      Object.assign(gd.data[first + k], { x, y })
      paths[first + k].setAttribute("d", d)
    })
  })
}

const six = (first) => Array.from({ length: 6 }, (_, k) => first + k)

// ---- the answer's marks ---------------------------------------------------------------------------------------------

function showMarks(gd, many, answer, point) {
  const digits = digitsOf(many), ring = instead(gd, "winner", [digits + 1])[digits + 1]
  const arc = (way) => `a${WINNER},${WINNER} 0 1 0 0,${2 * way * WINNER}`
  ring.setAttribute("d", answer === null ? "" : `M${point(many, answer).at}m0,${-WINNER}${arc(1)}${arc(-1)}`)
  group(gd, digits).querySelectorAll(".textpoint text").forEach((text, k) => {
    write(text, k === answer ? `${k} ◀` : `${k}`)
    text.style.fontWeight = k === answer ? "bold" : ""
  })
  gd.data[digits].text = gd.data[digits].text.map((_, k) => (k === answer ? `<b>${k} ◀</b>` : `${k}`))
}

// Put a path in the place of each of these traces until Plotly draws again; return them by the traces' numbers.
function instead(gd, name, traces) {
  const sheet = gd.querySelector(".scatterlayer")
  const own = sheet.querySelector(`:scope > .${name}`) ?? document.createElementNS(SVG, "g")
  if (!own.isConnected) {
    own.setAttribute("class", name)
    own.append(...traces.map((k) => look(document.createElementNS(SVG, "path"), gd.data[k])))
    const hidden = traces.map((k) => group(gd, k)).filter(Boolean)
    hidden.forEach((g) => (g.style.visibility = "hidden"))
    if (name === "lines") sheet.prepend(own)
    else sheet.append(own)
    gd.once("plotly_afterplot", () => {
      own.remove()
      hidden.forEach((g) => (g.style.visibility = ""))
    })
  }
  return Object.fromEntries(traces.map((k, n) => [k, own.children[n]]))
}

function look(path, trace) {
  const { color, width, dash } = trace?.mode === "lines" ? trace.line : { color: ACCENT, width: 4, dash: "solid" }
  path.style = `fill: none; stroke: ${color}; stroke-width: ${width}px; opacity: ${trace?.opacity ?? 1}`
  if (dash !== "solid") path.style.strokeDasharray = dash
  return path
}

// ---- the numbers beside it ------------------------------------------------------------------------------------------

function showSums(layers, trace, { step, out }) {
  const layer = Math.min(Math.floor((step + 1) / 2), layers.length), { b } = layers[layer - 1]
  const squashed = step % 2 === 0 || step > 2 * layers.length
  document.querySelectorAll(".sums tr + tr").forEach((row, k) => {
    const terms = termsOf(layers, trace, layer, k), z = trace.zs[layer - 1][k]
    const numbers = addUp([terms.reduce((sum, t) => sum + t), b[k]], z, 2).map((value) => signed(value, 2))
    const a = out.some(([l, n]) => l === layer && n === k) ? "out" : trace.activations[layer][k].toFixed(2)
    ;[...numbers, squashed ? a : ""].forEach((text, n) => write(row.cells[n + 1], text))
  })
}

// The chosen neuron's arithmetic; where it is knocked out, what it would have passed on.
function showOne(layers, trace, layer, k) {
  const z = trace.zs[layer - 1][k]
  showSum(termsOf(layers, trace, layer, k), layers[layer - 1].b[k], z, sigmoid(z))
}

function termsOf(layers, trace, layer, k) {
  const { W } = layers[layer - 1], given = trace.activations[layer - 1]
  return Float64Array.from(given, (a, i) => a * W[k * given.length + i])
}
