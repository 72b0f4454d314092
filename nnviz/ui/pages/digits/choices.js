// @ts-check

/**
 * Offer choices: of each its value, its name, and something smaller below.
 * @param {HTMLElement} box
 * @param {string} name
 * @param {[string, string, string][]} choices
 */
export function offer(box, name, choices) {
  for (const label of box.querySelectorAll("label")) label.remove()
  box.append(...choices.map(([value, title, below]) => {
    const label = document.createElement("label"), radio = document.createElement("input")
    Object.assign(radio, { type: "radio", name, value })
    label.append(radio, title, Object.assign(document.createElement("small"), { textContent: below }))
    return label
  }))
}
