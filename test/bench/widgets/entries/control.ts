/** A small control: from the page to a cell's code and back into another control. */

import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";

export const CONTROL = `import { HBox, IntSlider, Label } from "voxbook/widgets";
const slider = new IntSlider({ value: 0, min: 0, max: 1000 });
const label = new Label({ value: "0" });
slider.observe("value", ({ new: now }) => { label.value = String(now); });
const { comms } = (globalThis as any)[Symbol.for("voxbook.kernel")];
comms.onOpen("bench", (comm: any) => comm.onMessage(({ data }: any) => comm.send(data)));
new HBox({ children: [slider, label] })`;

interface RoundTrips {
  /** A custom message and its echo. */
  readonly empty: readonly number[];
  /** From the key on a slider to the text of a label that a cell's code set. */
  readonly control: readonly number[];
}

/** Both in turns: what the machine does meanwhile meets both. */
export function roundTrips(bench: Bench, stock = false): Promise<RoundTrips> {
  const key = stock ? "control, stock" : "control";
  return bench.once(`round trips, ${key}`, async () => {
    const { page } = await bench.notebook(key, [CONTROL], stock ? bench.stockLab() : bench.lab());
    const handle = page.locator(".noUi-handle").first();
    await handle.waitFor();
    await handle.focus();
    return page.evaluate<RoundTrips>(`(async () => {
      ${IN_PAGE}
      const handle = document.querySelector(".noUi-handle");
      const label = [...document.querySelectorAll(".jupyter-widgets.widget-label")].at(-1);
      const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
      const comm = kernel.createComm("bench");
      let echoed;
      comm.onMsg = () => echoed(performance.now());
      await comm.open({}).done;
      const changed = () => new Promise((done) => {
        const observer = new MutationObserver(() => { observer.disconnect(); done(performance.now()); });
        observer.observe(label, { childList: true, characterData: true, subtree: true });
        setTimeout(done, 3000, Number.NaN);
      });
      const [empty, control] = [[], []];
      for (let k = 0; k < ${bench.samples}; k++) {
        await pause(120);
        const sent = performance.now();
        const echo = new Promise((done) => { echoed = done; });
        comm.send({ k });
        empty.push((await echo) - sent);
        await pause(120);
        const began = performance.now();
        const heard = changed();
        handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        control.push((await heard) - began);
      }
      return { empty, control };
    })()`);
  });
}

const NAME = "small control: key to kernel to another control";

export const rows: readonly Row[] = [
  { name: NAME, unit: "ms", goal: 10, measure: async (bench) => (await roundTrips(bench)).control },
  {
    name: `${NAME}, stock server`,
    unit: "ms",
    measure: async (bench) => (await roundTrips(bench, true)).control,
  },
  {
    name: "empty comm round trip, stock server",
    unit: "ms",
    measure: async (bench) => (await roundTrips(bench, true)).empty,
  },
];
