// @ts-check
// A phone's tools, and its choices, stand behind one button each: pressed anywhere else, or by Escape, they are put away.

const TOOLS = ".st-key-tools, .st-key-bar"

/** @param {AbortSignal} signal */
export function putAwayTools(signal) {
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Element && !target.closest(TOOLS)) close()
  }, { capture: true, passive: true, signal })
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close()?.focus()
  }, { signal })
}

/** Put them away, and return their button, if they were open. */
function close() {
  const open = document.querySelector("details.tools[open], details.folded[open]")
  open?.removeAttribute("open")
  return open?.querySelector("summary")
}
