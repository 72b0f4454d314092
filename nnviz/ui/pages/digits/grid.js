// @ts-check
// Buttons in rows, of which one is in the order of the tab key: arrow keys go from it to the others.

/** @typedef {{ button: HTMLButtonElement, canvas: HTMLCanvasElement, caption: HTMLElement }} Cell */
/** @typedef {{ press: (at: number) => void, point: (at: number) => void, turn: (by: number) => boolean }} Hands */

export class Grid {
  /** @type {Cell[]} */
  cells = []
  at = 0

  /**
   * @param {HTMLElement} box
   * @param {Hands} hands
   */
  constructor(box, hands) {
    this.box = box
    this.hands = hands
    box.replaceChildren() // buttons of a grid before this one, where Streamlit mounts it anew
    box.addEventListener("click", (event) => hands.press(this.of(event)))
    box.addEventListener("pointerover", (event) => hands.point(this.of(event)))
    box.addEventListener("pointerleave", () => hands.point(-1))
    box.addEventListener("focusin", (event) => {
      this.stop(this.of(event))
      hands.point(this.at)
    })
    box.addEventListener("focusout", () => hands.point(-1))
    box.addEventListener("keydown", (event) => this.key(event))
  }

  /** @param {Event} event */
  of({ target }) {
    return this.cells.findIndex(({ button }) => button.contains(/** @type {Node} */ (target)))
  }

  /**
   * Have as many buttons.
   * @param {number} many
   * @param {string} kind
   * @param {number} side of the square they are in
   * @param {boolean} stage
   */
  room(many, kind, side, stage) {
    while (this.cells.length > many) this.cells.pop()?.button.remove()
    while (this.cells.length < many) this.cells.push(this.made())
    Object.assign(this.box.dataset, { kind, stage: String(stage) })
    this.box.style.setProperty("--side", String(side))
    this.stop(Math.min(this.at, many - 1))
  }

  made() {
    const button = document.createElement("button"), canvas = document.createElement("canvas")
    const caption = document.createElement("span")
    Object.assign(button, { type: "button", tabIndex: -1 })
    button.append(canvas, caption)
    this.box.append(button)
    return { button, canvas, caption }
  }

  /** How many stand in a row. */
  get columns() {
    const [first, ...others] = this.cells, top = first?.button.offsetTop
    const end = others.findIndex(({ button }) => button.offsetTop > top)
    return end < 0 ? this.cells.length : end + 1
  }

  /** @param {number} at the one that the tab key finds */
  stop(at) {
    if (at < 0) return
    this.cells.forEach(({ button }, k) => { button.tabIndex = k === at ? 0 : -1 })
    this.at = at
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const end = this.cells.length - 1, columns = this.columns
    const to = {
      ArrowLeft: this.at - 1, ArrowRight: this.at + 1, ArrowUp: this.at - columns, ArrowDown: this.at + columns,
      Home: 0, End: end, PageUp: -1, PageDown: end + 1,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const by = Number(event.key === "PageDown" || (event.key === "ArrowRight" && to > end)) - Number(event.key === "PageUp" || (event.key === "ArrowLeft" && to < 0))
    const turned = by !== 0 && this.hands.turn(by)
    const at = turned ? (event.key === "ArrowLeft" ? this.cells.length - 1 : 0) : to
    if (at >= 0 && at < this.cells.length) this.cells[at].button.focus()
  }
}
