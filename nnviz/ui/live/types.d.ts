// What tsc must know and no script says: Plotly's figures as we use them, and what Streamlit hands to a component.

import type names from "./names.json"

type Names = typeof names
/** A figure whose parts are looked up, by the key of its container. */
export type Key = keyof Names
type Listed<K extends Key, What extends string> = Names[K] extends Record<What, infer List> ? keyof List & string : never

declare const given: unique symbol
/** A name that stands in a figure's `layout.meta`. */
export type Given = string & { [given]: true }
export type TraceName<K extends Key> = Listed<K, "traces"> | Given
export type ShapeName<K extends Key> = Listed<K, "shapes">
export type NoteName<K extends Key> = Listed<K, "notes">

interface MetaOf {
  activations: { answer: number | null; layers: Given[]; signs: (Given | null)[] }
  wiring: Wiring & { layers: Given[]; lines: Given[][] }
  weight_map: { cells: Given; signs: Given | null }
  contributions: { cells: Given; signs: Given | null }
  present_terms: { cells: Given; signs: Given | null }
  threshold_curve: { step: number }
  sums_by_digit: { edges: number[] }
  forming: { maps: Given[]; corners: [x: number, y: number][]; shape: [rows: number, columns: number] }
  course: { beginning: number }
}
export type Meta<K extends Key> = K extends keyof MetaOf ? MetaOf[K] : unknown

/** As `Wiring` in live.py. */
export interface Wiring {
  step: number
  out: Place[]
  by: "weight" | "signal"
  most: number
  only: Place | null
  focus: number
  neuron: Place
}

/** Layer and neuron. */
export type Place = [layer: number, neuron: number]
export type Numbers = Float32Array | Float64Array
export interface Layer {
  W: Numbers
  b: Numbers
  activation: string
  leak: number
}
/** How far a layer's numbers may go; of the input, black and white. null: as far as the numbers shown. */
export type Range = [low: number | null, high: number | null]
/** As nnviz/network.py and preparation.py. */
export interface Network {
  key: string
  name: string
  shape: [rows: number, columns: number]
  classes: string[]
  place: string
  inverted: boolean
  mean: number
  deviation: number
  ranges: Range[]
  /** Whether the test digits it reads are counted here, too. */
  counted?: boolean
  layers: Layer[]
}
export interface Pass {
  zs: Numbers[]
  activations: Numbers[]
  /** Outputs knocked out, which are never the answer. */
  lost: number[]
}
/** The answer and what it is called, the sentence, and the outputs that stand out. */
export interface Verdict {
  answer: number | null
  name: string
  text: string
  found: number[]
}
export type Rgba = number[]

/** The test digits, pixel by pixel: those that have ink there, and how much of 255; `starts` has one more, the end. */
export interface Digits {
  labels: Uint8Array
  starts: Uint32Array
  which: Uint16Array
  greys: Uint8Array
}
/** A knob with another value than the network's: a weight from `source`, or the bias where that is null. */
export interface Turned {
  layer: number
  neuron: number
  source: number | null
  value: number
}

/** A trace, with only what we read or write of it. */
export interface TraceData {
  name: string
  xaxis?: string
  yaxis?: string
  mode?: string
  x: (number | null)[]
  y: (number | null)[]
  z: (number | null)[][]
  zmin: number
  zmax: number
  // biome-ignore lint/suspicious/noExplicitAny: every figure has its own
  customdata: any
  text: string[]
  textfont?: object
  marker: { color: string | number[]; size: number }
  line: { color: string; width: number; dash: string }
  opacity?: number
  fillcolor: string
}

export interface Axis {
  range: [number, number]
  l2p(value: number): number
  p2l(pixels: number): number
  _inputDomain?: [number, number]
  _offset: number
}

interface Drawn {
  [axis: `${"x" | "y"}axis${string}`]: Axis
  xaxis: Axis
  yaxis: Axis
  _size: { l: number; t: number }
}

interface Layout<K extends Key> {
  meta: Meta<K>
  margin: { t: number; b: number }
  shapes?: { name?: string; x0: number; yref: string }[]
  annotations?: { name?: string; font?: object }[]
  [more: string]: unknown
}

/** Plotly's element of a figure. `key` is there for tsc alone. */
export interface Plot<K extends Key> extends HTMLElement {
  key?: K
  taps?: boolean
  linked?: boolean
  data: TraceData[]
  layout: Layout<K>
  _fullData: { type: string; uid: string; xaxis: string; yaxis: string; visible: boolean | string }[]
  _fullLayout: Drawn
  on(event: string, heard: (event: { points: Record<string, unknown>[] }) => void): void
  once(event: string, heard: () => void): void
  emit(event: string, told: object): void
}

/** What Streamlit calls a component with. */
export interface Component<Data> {
  data: Data
  parentElement: HTMLElement
  setStateValue(name: string, value: unknown): void
  setTriggerValue(name: string, value: unknown): void
}

/** Where the talk is, for its two scripts: see talk.js. */
interface TalkOn {
  leave?: AbortController
  serial?: number
  at: number
  presses?: number
  began?: number
  pointer?: [x: number, y: number]
  // biome-ignore lint/suspicious/noExplicitAny: `Told` in pages/talk/talk.d.ts; the live part knows no page
  told?: any
  ready?: (step: number) => boolean
  votes?: Record<string, number> | null
  voted?: number
  showing?: boolean
  code?: HTMLImageElement
}

declare global {
  interface Window {
    Plotly?: {
      toImage(figure: object, how: object): Promise<string>
      redraw(gd: Element): void
      purge(gd: HTMLElement): void
      // biome-ignore lint/suspicious/noExplicitAny: what Streamlit calls it with
      react(gd: any, figure: any, ...more: unknown[]): Promise<unknown>
    }
    nnvizMoment?: Layer[]
    nnvizDigits?: Promise<Digits>
    nnvizPictures?: Promise<Uint8Array>
    /** What is no chart of Plotly's, for slides: by key, what is drawn below the title, in SVG of 1920 x 960. */
    nnvizSlides?: Map<string, () => string>
    // biome-ignore lint/suspicious/noExplicitAny: `Count` in count.js
    nnvizCount?: Promise<any>
    nnvizLive?: { network: Network }
    nnvizTalk?: TalkOn
  }
}
