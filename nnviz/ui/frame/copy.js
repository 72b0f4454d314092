// @ts-check
// Copies the address. Browsers open the clipboard to pages from this machine or over https only: elsewhere a field that
// is selected and copied the old way does it.

/** @import { Component } from "../live/types.d.ts" */

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text })
    field.style.cssText = "position: fixed; opacity: 0"
    document.body.append(field)
    field.select()
    const done = document.execCommand("copy")
    field.remove()
    return done
  }
}

/** @param {Component<{ url: string }>} component */
export default function ({ data, parentElement }) {
  const says = /** @type {HTMLElement} */ (parentElement.querySelector("output"))
  const button = /** @type {HTMLElement} */ (parentElement.querySelector("button"))
  button.onclick = async () => {
    says.textContent = (await copy(data.url)) ? "Copied." : "Your browser does not let this page copy; take it from the address line."
  }
}
