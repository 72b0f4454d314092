// What the talk's scripts hand one another.

import type { Network, Numbers, Pass, Verdict } from "../../live/types.d.ts"
import type { Stage } from "./stage.js"

/** As `packed` in scenes.py. */
export interface Packed {
  unit: number
  count: number
  levels: string
}
export interface Strip {
  name: string
  median: number
  noise: number
  explained: number[]
  half: number[]
  most: number[]
  ahead: boolean[]
}
export interface Separation {
  features: string[]
  own: number[][]
  single: number[]
  shuffled: [number, number][][]
  ahead: boolean[][]
  before: string
}
/** What a picture needs beside the network: as the functions of scenes.py give it. */
// biome-ignore lint/suspicious/noExplicitAny: every picture has its own
export type Needs = any
export interface Step {
  title: string
  says: string
  do: string
  picture: string
  options: string
  draws: boolean
  controls: string
}
/** What Python sends to talk.js. */
export interface Told {
  steps: Step[]
  places: [step: number, shown: boolean][]
  at: number
  serial: number
  room: string
  code: string
  address: string
  trouble: string
}
/** What Python sends to picture.js. */
export interface Given {
  step: number
  needs: Record<string, Needs>
  x: string
  zs: number[][]
  activations: number[][]
  neuron: number
  edition: number
}
/** What a picture is painted from. `t`: seconds since the step came; `told`: since it was answered, or -1. */
export interface Look {
  t: number
  told: number
  needs: Needs
  network: Network
  pass: Pass
  says: Verdict
  x: Numbers
  neuron: number
  /** Seconds since another neuron was chosen, or the slider was moved. */
  since: number
  options: string
  votes: Record<string, number> | null
  code: HTMLImageElement | null
  /** Room at the bottom that the step's widgets take. */
  below: number
  pointer: { x: number; y: number } | null
  tried: { x: Numbers; name: string }[]
}
/** Paints one frame; true while it moves. */
export type Picture = (stage: Stage, look: Look) => boolean
