/** Functions whose arguments are set by controls: which control, and when they run. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  Button,
  Checkbox,
  Dropdown,
  FloatRangeSlider,
  FloatSlider,
  HTML,
  type Interactive,
  IntSlider,
  interact,
  interactive,
  Layout,
  Text,
  ToggleButtons,
} from "#widgets/model/index.js";
import { custom, FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => {
  page.detach();
  vi.useRealTimers();
});

const outputs = (view: Interactive): unknown[] =>
  view.output.outputs.map(({ data }) => (data as Record<string, unknown>)["text/plain"]);

describe("a control", () => {
  test("comes from each abbreviation, with a value in its middle", () => {
    const given = new FloatRangeSlider({ value: [1, 2], description: "own" });
    const view = interactive((values) => values, {
      whole: [0, 10],
      odd: [1, 11, 2],
      sigma: [0, 1, 0.05],
      wide: [0.5, 200],
      tiny: [0, 1e-9],
      kind: ["ball", "box"],
      pairs: [
        ["small", 1],
        ["large", 100],
      ],
      on: true,
      name: "x",
      number: 4,
      real: -0.5,
      zero: 0,
      given,
    });
    const { controls } = view;
    expect(controls.whole).toBeInstanceOf(IntSlider);
    expect(controls.sigma).toMatchObject({ step: 0.05, readout_format: ".2f", max: 1 });
    expect(controls.wide).toMatchObject({ step: 2, readout_format: ".1f", min: 0.5 });
    expect(controls.tiny).toMatchObject({ step: 1e-11, readout_format: ".3g", value: 5e-10 });
    expect(controls.kind).toBeInstanceOf(Dropdown);
    expect(controls.on).toBeInstanceOf(Checkbox);
    expect(controls.name).toBeInstanceOf(Text);
    expect(controls.real).toBeInstanceOf(FloatSlider);
    expect(controls.real).toMatchObject({ min: -1.5, max: 0.5 });
    expect(controls.number).toMatchObject({ min: -4, max: 12, description: "number" });
    expect(controls.given).toBe(given);
    expect(given.description).toBe("own");
    expect(view.values).toEqual({
      ...{
        whole: 5,
        odd: 7,
        sigma: 0.5,
        wide: 100.5,
        tiny: 5e-10,
        kind: "ball",
        pairs: 1,
        on: true,
        name: "x",
        number: 4,
      },
      ...{ real: -0.5, zero: 0, given: [1, 2] },
    });
    expect(view.children.length).toBe(14);
    expect(String(view)).toContain('interactive(whole: 5, odd: 7, sigma: 0.5, wide: 100.5, tiny: 5e-10, kind: "ball"');
  });

  test("without a description gets its name", () => {
    const slider = new IntSlider();
    interactive(() => 1, { radius: slider });
    expect(slider.description).toBe("radius");
  });

  test.each<[string, unknown, RegExp]>([
    ["a list of many numbers", [1, 2, 5, 10], /a list of 4 numbers.*SelectionSlider\(\{ options: \[1, 2, 5, 10\] \}\)/],
    ["numbers the wrong way round", [5, 1], /min is 5, max is 1/],
    ["a step that is too large", [1, 2, 5], /step is 5 between 1 and 2/],
    ["one number", [1], /a number is missing/],
    ["an empty list", [], /is no control; allowed are \[min, max, step\]/],
    ["an object", { a: 1 }, /is no control/],
    ["nothing", null, /is no control/],
    ["a widget without a value", new Layout(), /a Layout has no value/],
    ["a button", new Button(), /a Button has no value/],
  ])("is refused where it is %s", (_name, given, message) => {
    expect(() => interactive(() => 1, { x: given } as never)).toThrow(message);
  });

  test("is refused with its function and options, too", () => {
    expect(() => interactive(1 as never, { x: 1 })).toThrow(/takes a function first/);
    expect(() => interactive(() => 1, {})).toThrow(/give controls by name/);
    expect(() => interactive(() => 1, { x: 1 }, { throtle: 5 } as never)).toThrow(/did you mean `throttle`/);
    expect(() => interactive(() => 1, { x: 1 }, { debounce: -5 })).toThrow(/debounce is -5/);
    expect(() => interactive(() => 1, { x: 1 }, { manual: 5 as never })).toThrow(/manual/);
  });
});

describe("a function", () => {
  test("runs at once with the first values, and shows what it returns below its controls", async () => {
    interact(({ n }) => `n is ${n}`, { n: [0, 10] });
    const shown = page.shown[0]!.bundle["application/vnd.jupyter.widget-view+json"];
    const box = page.model("VBoxModel");
    expect(shown).toMatchObject({ model_id: box.id });
    const out = page.model("OutputModel");
    expect(box.state.children).toEqual([`IPY_MODEL_${page.model("IntSliderModel").id}`, `IPY_MODEL_${out.id}`]);
    await expect.poll(() => out.sent.length).toBe(1);
    expect(out.sent[0]!.data.state).toMatchObject({ outputs: [{ data: { "text/plain": "'n is 5'" } }] });
  });

  test("is not shown by `interactive`, but by who shows it", () => {
    const view = interactive(() => undefined, { n: [0, 10] });
    expect(page.shown).toEqual([]);
    expect(view.result).toBeUndefined();
  });

  test("runs again for a change by code and in the page, and keeps its last result", async () => {
    const view = interactive(({ n }) => 2 * n, { n: [0, 10] });
    await view.settled();
    expect(view.result).toBe(10);
    page.of(view.controls.n).say(update({ value: 7 }));
    await view.settled();
    expect(view.result).toBe(14);
    (view.controls.n as IntSlider).value = 1;
    await view.settled();
    expect(view.result).toBe(2);
  });

  test("of 100 ms runs at most twice in vain for 200 changes, and the last value is drawn", async () => {
    vi.useFakeTimers();
    const begun: number[] = [];
    const overtaken: number[] = [];
    const view = interactive(
      async ({ n }, signal) => {
        begun.push(n);
        await new Promise((done) => setTimeout(done, 100));
        if (signal.aborted) overtaken.push(n);
        return n;
      },
      { n: [0, 1000] },
    );
    for (let n = 1; n <= 200; n++) {
      page.of(view.controls.n).say(update({ value: n }));
      await vi.advanceTimersByTimeAsync(0.4);
    }
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.result).toBe(200);
    expect(begun.at(-1)).toBe(200);
    expect(overtaken.length).toBeLessThanOrEqual(2);
    expect(begun.length).toBe(overtaken.length + 1);
  });

  test("never runs twice at once, however long the changes go on, and each run has newer values", async () => {
    vi.useFakeTimers();
    let running = 0;
    const begun: number[] = [];
    const view = interactive(
      async ({ n }) => {
        expect(++running).toBe(1);
        begun.push(n);
        await new Promise((done) => setTimeout(done, 100));
        running--;
        return n;
      },
      { n: [0, 1000] },
    );
    for (let n = 1; n <= 100; n++) {
      page.of(view.controls.n).say(update({ value: n }));
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(1000);
    const [first, ...later] = begun;
    expect(first).toBe(500);
    expect(later).toEqual([...new Set(later)].sort((a, b) => a - b));
    expect(view.result).toBe(100);
    expect(begun.length).toBeGreaterThan(8);
    expect(begun.length).toBeLessThanOrEqual(12);
  });

  test("that blocks runs once for all changes that came meanwhile", async () => {
    const begun: number[] = [];
    const view = interactive(
      ({ n }) => {
        begun.push(n);
      },
      { n: [0, 1000] },
    );
    for (let n = 1; n <= 200; n++) page.of(view.controls.n).say(update({ value: n }));
    await view.settled();
    expect(begun).toEqual([500, 200]);
  });

  test("hears by its signal that it was overtaken; what it then throws is no error", async () => {
    const reasons: unknown[] = [];
    const view = interactive(
      async ({ n }, signal) => {
        await new Promise<void>((done, fail) => {
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as Error).name);
            fail(signal.reason);
          });
          setTimeout(done, 20);
        });
        return n;
      },
      { n: [0, 10] },
    );
    (view.controls.n as IntSlider).value = 9;
    await view.settled();
    expect([view.result, reasons, page.errors]).toEqual([9, ["AbortError"], []]);
  });

  test("that throws shows its error, and runs again for the next value", async () => {
    const view = interactive(
      ({ n }) => {
        if (n > 5) throw new RangeError(`too far: ${n}`);
        return n;
      },
      { n: [0, 10] },
    );
    (view.controls.n as IntSlider).value = 7;
    await view.settled();
    expect(view.output.outputs).toMatchObject([{ output_type: "error", ename: "RangeError", evalue: "too far: 7" }]);
    expect(page.errors).toEqual([]);
    (view.controls.n as IntSlider).value = 2;
    await view.settled();
    expect(view.result).toBe(2);
  });

  test("is throttled: its runs begin at least so far apart, and the last value comes", async () => {
    vi.useFakeTimers();
    const begun: [number, number][] = [];
    const view = interactive(
      ({ n }) => {
        begun.push([performance.now(), n]);
      },
      { n: [0, 1000] },
      { throttle: 100 },
    );
    for (let n = 1; n <= 50; n++) {
      page.of(view.controls.n).say(update({ value: n }));
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(500);
    expect(begun.at(-1)![1]).toBe(50);
    expect(begun.length).toBeGreaterThanOrEqual(5);
    expect(begun.length).toBeLessThanOrEqual(7);
    for (const [k, [at]] of begun.entries()) if (k > 0) expect(at - begun[k - 1]![0]).toBeGreaterThanOrEqual(99);
  });

  test("is debounced: it runs when nothing has changed for so long", async () => {
    vi.useFakeTimers();
    const begun: number[] = [];
    const view = interactive(
      ({ n }) => {
        begun.push(n);
      },
      { n: [0, 1000] },
      { debounce: 100 },
    );
    for (let n = 1; n <= 50; n++) {
      page.of(view.controls.n).say(update({ value: n }));
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(begun).toEqual([500]);
    await vi.advanceTimersByTimeAsync(200);
    expect(begun).toEqual([500, 50]);
  });

  test("that is started by hand runs at its button only", async () => {
    const begun: number[] = [];
    const view = interactive(({ n }) => void begun.push(n), { n: [0, 10] }, { manual: "Measure" });
    const { id } = page.model("ButtonModel");
    expect(page.model("ButtonModel").state.description).toBe("Measure");
    (view.controls.n as IntSlider).value = 9;
    await view.settled();
    expect(begun).toEqual([]);
    page.of({ id }).say(custom({ event: "click" }));
    await view.settled();
    expect(begun).toEqual([9]);
    view.update();
    await view.settled();
    expect(begun).toEqual([9, 9]);
  });

  test("that is closed is told, and its controls end, but not those that were given", async () => {
    const given = new ToggleButtons({ options: ["a", "b"] });
    let told = 0;
    const view = interactive(
      async (_values, signal) => {
        await new Promise<void>((done) => signal.addEventListener("abort", () => done()));
        told++;
      },
      { given, n: [0, 10] },
    );
    view.close();
    await view.settled();
    given.value = "b";
    await view.settled();
    expect([told, given.closed, view.controls.n.closed, view.output.closed]).toEqual([1, false, true, true]);
  });

  test("runs once where no page listens, and gives its result", async () => {
    page.attach(false);
    const view = interactive(({ n }) => n + 1, { n: [0, 10] });
    await view.settled();
    expect(view.result).toBe(6);
    expect(page.opened).toEqual([]);
  });

  test("may make a widget each time: the one before is closed; one that was there before stays", async () => {
    const own = new HTML();
    const made: HTML[] = [];
    const view = interactive(
      ({ n }) => {
        if (n === 9) return own;
        made.push(new HTML({ value: String(n) }));
        return made.at(-1);
      },
      { n: [0, 10] },
    );
    for (const n of [1, 2, 9, 3]) {
      (view.controls.n as IntSlider).value = n;
      await view.settled();
    }
    expect(made.map(({ closed }) => closed)).toEqual([true, true, true, false]);
    view.close();
    expect([made.at(-1)!.closed, own.closed]).toEqual([true, false]);
  });

  test("may make a widget once and return it again", async () => {
    let made: HTML | undefined;
    const view = interactive(
      ({ n }) => {
        made ??= new HTML();
        made.value = String(n);
        return made;
      },
      { n: [0, 10] },
    );
    (view.controls.n as IntSlider).value = 9;
    await view.settled();
    expect([made!.closed, made!.value]).toEqual([false, "9"]);
  });

  test("may show widgets", async () => {
    const view = interactive(({ name }) => new HTML({ value: `<b>${name}</b>` }), { name: "x" });
    await view.settled();
    expect(outputs(view)).toEqual(['HTML(value: "<b>x</b>")']);
  });
});
