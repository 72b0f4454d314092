// @ts-check
// The point beside another one in a direction: how a keyboard goes through many points.

/** Where the arrow keys point, to the right and up. @type {Record<string, [x: number, y: number]>} */
export const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

/**
 * The nearest point in a quarter of all directions, the middle of which is given; in all of them, if it is [0, 0].
 * @param {Float32Array} points x and y of each
 * @param {[number, number]} from
 * @param {[number, number]} way
 * @param {number} least how far it is to be away
 * @returns {number} -1 if there is none
 */
export function beside(points, [x, y], [right, up], least) {
  let best = -1, nearest = Infinity
  for (let k = 0; 2 * k < points.length; k++) {
    const dx = points[2 * k] - x, dy = points[2 * k + 1] - y, along = dx * right + dy * up
    const aside = Math.abs(dx * up) + Math.abs(dy * right), apart = dx * dx + dy * dy
    if ((right || up) && (along <= 0 || aside > along || along < least)) continue
    if (apart < nearest) [best, nearest] = [k, apart]
  }
  return best
}
