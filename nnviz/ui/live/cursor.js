// @ts-check
// The mouse over the canvas is a pen.

const DRAWN = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" stroke="#000" stroke-width="1.5">
  <path d="M3 29l2-8L22 4l6 6L11 27z" fill="#fff"/><path d="M3 29l2-8 6 6z" fill="#f5a300"/></svg>`
/** As a style sheet has it. */
export const PEN = `url("data:image/svg+xml,${encodeURIComponent(DRAWN)}") 3 29, crosshair`
