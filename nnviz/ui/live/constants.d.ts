// What the module constants.js holds, which live.py makes of Python's own.

type Colour = readonly [number, number, number]

/** Of the network's picture, of the ink in it, and where its centre of mass goes: nnviz/ink.py. */
export const SIDE: number
export const BOX: number
export const CENTRE: number
export const FAINT: number
/** How wide the pen is at first, as a share of the canvas. */
export const PEN: number

/** Levels of a painted weight per unit: nnviz/study/build.py. */
export const STEPS: number

/** An output above this says "yes": nnviz/network.py. */
export const SURE: number

/** Of a leaky relu that says no other: nnviz/activations.py. */
export const LEAK: number

/** The looks of figures: nnviz/figures/style.py, building.py, wiring.py. */
export const BLUE: Colour
export const RED: Colour
export const ACCENT: string
export const MUTED: string
export const GAP: string
export const BROKEN: number[]
export const POWER: number
export const CLEAR: number
export const NEAR: number
export const ROW: number
export const WINNER: number
export const BESIDE: number

/** How the answer is put into words: nnviz/ui/live/words.py. */
export const MANY: number
export const FEW: number
export const SHORT: number
export const LONGEST: number

/** Where the test digits are: nnviz/web/digits.py. */
export const TEST_DIGITS: string
