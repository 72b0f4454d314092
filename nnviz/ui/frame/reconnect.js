// @ts-check
// Connected again after its server was gone, Streamlit's page shows what it had and asks for nothing, unless a run was
// under way (seen in Streamlit 1.67). But it may have been handed to another process: that knows neither the visitor nor
// the page's parts, and leaves a stroke without an answer until it has run the whole page. So ask for that.

import { Gone } from "./gone.js"

/** @import { Component } from "../live/types.d.ts" */

const WAIT = 200 // milliseconds Streamlit has to ask by itself

export class Reconnect {
  connected = true
  gone = new Gone()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  asking
  /** @type {Component<unknown>["setTriggerValue"] | undefined} */
  setTriggerValue

  constructor() {
    this.app = /** @type {HTMLElement} */ (document.querySelector("[data-testid=stApp]"))
    this.observer = new MutationObserver(() => this.look())
    this.observer.observe(this.app, { attributeFilter: ["data-test-connection-state", "data-test-script-state"] })
  }

  look() {
    const { testConnectionState, testScriptState } = this.app.dataset, connected = testConnectionState === "CONNECTED"
    if (testScriptState !== "notRunning" || !connected) clearTimeout(this.asking)
    else if (!this.connected) this.asking = setTimeout(() => this.setTriggerValue?.("again", true), WAIT)
    if (connected) this.gone.end()
    else this.gone.begin()
    this.connected = connected
  }

  leave() {
    this.observer.disconnect()
    this.gone.end()
    clearTimeout(this.asking)
  }
}
