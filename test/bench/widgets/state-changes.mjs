/**
 * From a key that goes to another state of a series to the first frame in which the plane across z shows it, in a page in which
 * `timeSeries(…)` is shown: `near` for the next state, which is fetched beforehand, `far` for one that is not.
 */

/** Runs in the page. */
const MEASURE = `async ({ near, changes }) => {
  const root = document.querySelector(".voxbook-slider").closest(".voxbook");
  const canvas = root.querySelector("canvas[data-axis=z]");
  const context = canvas.getContext("2d");
  const shown = () => {
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 401) sum = (Math.imul(sum, 31) + data[k]) | 0;
    return sum;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const press = (key) => root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const slider = root.querySelector("input[type=range][aria-label=state]");
  const far = (k) => {
    slider.value = k % 2 === 0 ? slider.max : slider.min;
    slider.dispatchEvent(new Event("input"));
  };
  const times = [];
  for (let k = 0; k < changes; k++) {
    // Of another plane no state is there but the one that is shown and those beside it.
    if (!near) press("PageDown");
    await rest(near ? 300 : 700);
    const before = shown();
    const begin = performance.now();
    if (near) press(k % 2 === 0 ? "." : ",");
    else far(k);
    do await frame(); while (shown() === before && performance.now() - begin < 5000);
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(0.5 * times.length)], p95: times[Math.floor(0.95 * times.length)] };
}`;

/**
 * @param {{ evaluate(code: string): Promise<unknown> }} page
 * @returns {Promise<{ near: { p50: number, p95: number }, far: { p50: number, p95: number } }>} milliseconds
 */
export async function stateChanges(page, changes = 40) {
  const measure = (near) => page.evaluate(`(${MEASURE})(${JSON.stringify({ near, changes })})`);
  return { near: await measure(true), far: await measure(false) };
}
