// @ts-check
// The server does not answer: that is said in one line at the foot of the page, which goes on reading the pen. Streamlit
// lays a dialog over all of it instead, and asks whether one is connected to the internet, which nnviz never needs.

const SAID = "The server does not answer. Drawings are still read on this page; the rest goes on by itself when it is back."
const SOON = 1000 // milliseconds in which a connection often comes back
const STREAMLITS = "Connection error" // the title of its dialog, seen in Streamlit 1.67

export class Gone {
  /** @type {HTMLElement | undefined} */
  note
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  wait
  observer = new MutationObserver(() => this.close())

  begin() {
    this.observer.observe(document.body, { childList: true, subtree: true })
    this.close()
    this.wait ??= setTimeout(() => {
      this.note = Object.assign(document.createElement("p"), { className: "note gone", role: "status" })
      document.querySelector("[data-testid=stApp]")?.append(this.note) // in its theme, and its type
      this.note.textContent = SAID // a screen reader says what changes
    }, SOON)
  }

  close() {
    for (const dialog of document.querySelectorAll("[role=dialog]"))
      if (dialog.textContent?.startsWith(STREAMLITS))
        /** @type {HTMLElement | null} */ (dialog.querySelector("button"))?.click()
  }

  end() {
    this.observer.disconnect()
    clearTimeout(this.wait)
    this.wait = undefined
    this.note?.remove()
    this.note = undefined
  }
}
