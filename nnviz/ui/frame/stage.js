// @ts-check
// The look for a stage. Its style sheet comes with the page (look.py), awake if the address asks for it, so that nothing
// is first drawn in another look; here it follows what is chosen since.

/** @param {boolean} chosen */
export function give(chosen) {
  const sheet = /** @type {HTMLStyleElement | null} */ (document.querySelector("#stage-look"))
  const media = chosen ? "all" : "not all"
  if (sheet && sheet.media !== media) sheet.media = media
}
