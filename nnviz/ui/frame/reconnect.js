// Connected again after its server was gone, Streamlit's page shows what it had and asks for nothing, unless a run was
// under way (seen in Streamlit 1.67). But it may have been handed to another process: that knows neither the visitor nor
// the page's parts, and leaves a stroke without an answer until it has run the whole page. So ask for that.

const WAIT = 200 // milliseconds Streamlit has to ask by itself

class Watch {
  constructor() {
    this.app = document.querySelector("[data-testid=stApp]")
    this.connected = true
    this.observer = new MutationObserver(() => this.look())
    this.observer.observe(this.app, { attributeFilter: ["data-test-connection-state", "data-test-script-state"] })
  }

  look() {
    const { testConnectionState, testScriptState } = this.app.dataset, connected = testConnectionState === "CONNECTED"
    if (testScriptState !== "notRunning" || !connected) clearTimeout(this.asking)
    else if (!this.connected) this.asking = setTimeout(() => this.setTriggerValue("again", true), WAIT)
    this.connected = connected
  }

  leave() {
    this.observer.disconnect()
    clearTimeout(this.asking)
  }
}

const watches = new WeakMap()
export default function ({ parentElement, setTriggerValue }) {
  if (!watches.has(parentElement)) watches.set(parentElement, new Watch())
  watches.get(parentElement).setTriggerValue = setTriggerValue
  return () => {
    watches.get(parentElement)?.leave()
    watches.delete(parentElement)
  }
}
