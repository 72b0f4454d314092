// @ts-check
// Draws many points: with WebGL, where the browser has it, or else on a plain canvas. (Plotly's own WebGL compiles its
// programs from strings, which the guard's content security policy forbids.)

import { pen } from "../../live/drawing.js"

/**
 * @typedef {object} Scene
 * @property {Float32Array} from where the points are, x and y of each
 * @property {Float32Array} to where they go
 * @property {number} share of the way
 * @property {Uint8Array} groups which colour each has
 * @property {[number, number, number][]} colours 0..255
 * @property {number} size of a point, in pixels of the canvas
 * @property {number} reach what is to be half the shorter side of the canvas
 */

const VERTEX = `attribute vec2 from, to; attribute vec3 colour; uniform float share, size; uniform vec2 scale;
varying vec3 tint;
void main() { gl_Position = vec4(mix(from, to, share) * scale, 0., 1.); gl_PointSize = size; tint = colour; }`
const FRAGMENT = `precision mediump float; varying vec3 tint; uniform float alpha;
void main() {
  float inside = 1. - smoothstep(.35, .5, length(gl_PointCoord - .5));
  gl_FragColor = vec4(tint * alpha * inside, alpha * inside);
}`
const ALPHA = 0.6

export class Points {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    /** @type {Scene | undefined} */
    this.scene = undefined
    this.canvas = canvas
    this.gl = canvas.getContext("webgl", { antialias: false, preserveDrawingBuffer: true })
    this.program = this.gl && compiled(this.gl)
    canvas.addEventListener("webglcontextlost", () => this.scene && this.draw(this.scene))
    /** @type {Map<string, { buffer: WebGLBuffer, of: object }>} */
    this.buffers = new Map()
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { gl, program, canvas } = this
    this.scene = scene
    if (!gl) return drawFlat(canvas, scene)
    if (!program || gl.isContextLost()) return this.goFlat(scene)
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.useProgram(program)
    const { width, height } = canvas, side = Math.min(width, height)
    const uniform = (/** @type {string} */ name) => gl.getUniformLocation(program, name)
    gl.uniform1f(uniform("share"), scene.share)
    gl.uniform1f(uniform("size"), scene.size)
    gl.uniform1f(uniform("alpha"), ALPHA)
    gl.uniform2f(uniform("scale"), side / width / scene.reach, side / height / scene.reach)
    this.give("from", 2, scene.from, () => scene.from)
    this.give("to", 2, scene.to, () => scene.to)
    this.give("colour", 3, scene.groups, () => Float32Array.from(
      { length: 3 * scene.groups.length }, (_, i) => scene.colours[scene.groups[Math.floor(i / 3)] % scene.colours.length][i % 3] / 255,
    ))
    gl.drawArrays(gl.POINTS, 0, scene.from.length / 2)
  }

  /**
   * Go on with a plain canvas in the place of this one, which WebGL has taken.
   * @param {Scene} scene
   */
  goFlat(scene) {
    const { width, height } = this.canvas, plain = Object.assign(document.createElement("canvas"), { width, height })
    this.canvas.replaceWith(plain)
    this.canvas = plain
    this.gl = null
    drawFlat(plain, scene)
  }

  /**
   * Give the program what each point has; only what is not there already is sent.
   * @param {string} name
   * @param {number} many
   * @param {object} of
   * @param {() => Float32Array} numbers
   */
  give(name, many, of, numbers) {
    const gl = /** @type {WebGLRenderingContext} */ (this.gl), program = /** @type {WebGLProgram} */ (this.program)
    const place = gl.getAttribLocation(program, name), had = this.buffers.get(name)
    const buffer = had?.buffer ?? gl.createBuffer()
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
    if (had?.of !== of) gl.bufferData(gl.ARRAY_BUFFER, numbers(), gl.STATIC_DRAW)
    this.buffers.set(name, { buffer, of })
    gl.enableVertexAttribArray(place)
    gl.vertexAttribPointer(place, many, gl.FLOAT, false, 0, 0)
  }
}

/** @param {WebGLRenderingContext} gl */
function compiled(gl) {
  const program = gl.createProgram()
  for (const [kind, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
    const shader = gl.createShader(kind)
    if (!shader) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null
}

/**
 * The same on a plain canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 */
export function drawFlat(canvas, { from, to, share, groups, colours, size, reach }) {
  const sheet = pen(canvas), { width, height } = canvas, scale = Math.min(width, height) / 2 / reach, half = size / 2
  sheet.clearRect(0, 0, width, height)
  sheet.globalAlpha = ALPHA
  colours.forEach((colour, group) => {
    sheet.fillStyle = `rgb(${colour})`
    for (let k = 0; k < groups.length; k++) {
      if (groups[k] % colours.length !== group) continue
      const x = from[2 * k] + share * (to[2 * k] - from[2 * k]), y = from[2 * k + 1] + share * (to[2 * k + 1] - from[2 * k + 1])
      sheet.fillRect(width / 2 + x * scale - half, height / 2 - y * scale - half, size, size)
    }
  })
  sheet.globalAlpha = 1
}
