/**
 * Code for a page, which stands before what an entry runs there:
 * - `frame()` is behind the next frame, and all that was drawn in it; its value is the time then.
 * - `pause(ms)`, `press(element, key, shiftKey)`.
 * - `pixelsOf(canvas)` is a number of all pixels of a canvas with a 2D context: another one where one of them has another colour.
 * - `until(changed, limit)` is behind the first frame in which that is so; its value is the time then. After `limit` ms, default 5000, it fails.
 */
export const IN_PAGE = `
const frame = () => new Promise((done) => requestAnimationFrame(() => {
  // Behind what others draw in this frame.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(performance.now());
  port2.postMessage(0);
}));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const press = (element, key, shiftKey = false) =>
  element.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
function pixelsOf(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  let sum = 0;
  for (let k = 0; k < pixels.length; k++) sum = (Math.imul(sum, 31) + pixels[k]) | 0;
  return sum;
}
async function until(changed, limit = 5000) {
  const begin = performance.now();
  for (;;) {
    const now = await frame();
    if (changed()) return now;
    if (now - begin > limit) throw new Error("nothing has changed within " + limit / 1000 + " s");
  }
}
`;
