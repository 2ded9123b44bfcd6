/** What widgets say to a page: the widget messaging protocol 2.1. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { HBox, Image, IntSlider, Layout, Link, Text, VBox } from "#widgets/model/index.js";
import { custom, FakePage, type Sent, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const of = (sent: readonly Sent[], method: string): Json[] =>
  sent.filter(({ data }) => data.method === method).map(({ data }) => data.state!);

describe("a widget that is made", () => {
  test("opens a comm of the protocol 2.1 with its whole state, after those of its layout and its style", () => {
    const slider = new IntSlider({ value: 5, max: 10 });
    const { target, extras, state, paths } = page.of(slider);
    expect(target).toBe("jupyter.widget");
    expect(extras.metadata).toEqual({ version: "2.1.0" });
    expect(paths).toEqual([]);
    expect(state).toMatchObject({ value: 5, max: 10, _model_name: "IntSliderModel", _view_name: "IntSliderView" });
    expect(page.opened.map(({ state }) => state._model_name)).toEqual([
      "LayoutModel",
      "SliderStyleModel",
      "IntSliderModel",
    ]);
    expect(state.layout).toBe(`IPY_MODEL_${page.opened[0]!.id}`);
    expect(state.style).toBe(`IPY_MODEL_${page.opened[1]!.id}`);
  });

  test("sends bytes beside its state", () => {
    const image = new Image({ value: Uint8Array.of(1, 2, 3) });
    const { state, paths, buffers } = page.of(image);
    expect(state).not.toHaveProperty("value");
    expect(paths).toEqual([["value"]]);
    expect(buffers).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test("shows itself by its model, and as text", async () => {
    const slider = new IntSlider({ value: 5 });
    const bundle = (slider as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")]!();
    expect(bundle).toEqual({
      "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: slider.id },
      "text/plain": "IntSlider(value: 5)",
    });
  });

  test("is only text where the page cannot show it by itself", () => {
    const bundle = (new Layout({ width: "50%" }) as unknown as Record<symbol, () => unknown>)[
      Symbol.for("Jupyter.display")
    ]!();
    expect(bundle).toEqual({ "text/plain": 'Layout(width: "50%")' });
  });

  test("opens nothing where an option is wrong, and leaves nothing of itself behind", () => {
    expect(() => new IntSlider({ valeu: 5 } as never)).toThrow(/IntSlider has no option `valeu`; did you mean `value`/);
    expect(() => new IntSlider({ value: 1.5 })).toThrow(/IntSlider: value is 1.5; allowed is a whole number/);
    expect(page.opened).toEqual([]);
    expect(() => new IntSlider({ layout: {}, style: { handle_colour: "red" } as never })).toThrow(/`handle_color`/);
    expect(page.opened.every(({ closed }) => closed)).toBe(true);
  });

  test("has its attributes where there is no kernel, and where a kernel has no page", () => {
    page.attach(false);
    const headless = new IntSlider({ value: 5 });
    headless.value = 7;
    page.detach();
    const alone = new IntSlider({ value: 500 });
    expect([headless.value, alone.value]).toEqual([7, 100]);
    expect(page.opened).toEqual([]);
    const bundle = (alone as unknown as Record<symbol, () => unknown>)[Symbol.for("Jupyter.display")]!();
    expect(bundle).toEqual({ "text/plain": "IntSlider(value: 100)" });
  });
});

describe("a change in the kernel", () => {
  test("goes to the page, once, and not at all if nothing is different", () => {
    const slider = new IntSlider({ value: 5 });
    const { sent } = page.of(slider);
    slider.value = 7;
    slider.value = 7;
    slider.set({ value: 7, min: 0 });
    expect(sent.map(({ data }) => data)).toEqual([{ method: "update", state: { value: 7 }, buffer_paths: [] }]);
  });

  test("of several attributes is one message, checked as a whole", () => {
    const slider = new IntSlider({ value: 5 });
    const { sent } = page.of(slider);
    slider.set({ min: 200, max: 300 });
    expect(of(sent, "update")).toEqual([{ min: 200, max: 300, value: 200 }]);
    expect(() => slider.set({ description: "x", value: "y" as never })).toThrow(/value is "y"/);
    expect(slider.description).toBe("");
    expect(sent.length).toBe(1);
  });

  test("waits while changes are held, and goes out with the others as it then is", () => {
    const slider = new IntSlider({ value: 5 });
    const { sent } = page.of(slider);
    const seen: number[] = [];
    slider.observe("value", ({ new: now }) => seen.push(now));
    slider.hold(() => {
      slider.value = 6;
      slider.hold(() => {
        slider.value = 7;
      });
      slider.description = "d";
      expect(sent).toEqual([]);
    });
    expect(seen).toEqual([6, 7]);
    expect(of(sent, "update")).toEqual([{ value: 7, description: "d" }]);
    expect(() =>
      slider.hold(() => {
        slider.value = 8;
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(of(sent, "update")).toHaveLength(2);
  });

  test("of bytes deep inside is noticed by what they are", () => {
    const image = new Image({ value: Uint8Array.of(1) });
    const { sent } = page.of(image);
    image.value = Uint8Array.of(1);
    image.value = Uint8Array.of(2);
    expect(sent.map(({ data, buffers }) => [data.state, data.buffer_paths, buffers])).toEqual([
      [{}, [["value"]], [Uint8Array.of(2)]],
    ]);
  });

  test("of a layout given as a plain object makes a new one, and ends the one it replaces", () => {
    const slider = new IntSlider({ layout: { width: "50%" } });
    const first = slider.layout;
    slider.set({ layout: { width: "30%" } });
    expect([first.closed, slider.layout.closed, slider.layout.width]).toEqual([true, false, "30%"]);
    const own = new Layout({ width: "20%" });
    slider.layout = own;
    slider.close();
    expect(own.closed).toBe(false);
    expect(page.opened.filter(({ closed }) => !closed).map(({ id }) => id)).toEqual([own.id]);
  });
});

describe("listeners", () => {
  test("are all called, though one of them fails; its error comes to who made the change", () => {
    const slider = new IntSlider();
    const called: string[] = [];
    slider.observe("value", () => {
      throw new Error("first");
    });
    slider.observe(["value", "step"], ({ name }) => called.push(name));
    expect(() => {
      slider.value = 3;
    }).toThrow("first");
    page.of(slider).say(update({ value: 4 }));
    slider.step = 2;
    expect(called).toEqual(["value", "value", "step"]);
    expect(page.errors.map(String)).toEqual(["Error: first"]);
  });

  test("that reject have their error shown", async () => {
    const slider = new IntSlider();
    slider.observe("value", async () => {
      throw new Error("later");
    });
    page.of(slider).say(update({ value: 4 }));
    await expect.poll(() => page.errors.map(String)).toEqual(["Error: later"]);
  });

  test("of an attribute that is none are refused", () => {
    expect(() => new IntSlider().observe("valeu" as never, () => {})).toThrow(/no attribute `valeu`; did you mean/);
  });

  test("hear custom messages with their buffers, and answer in the same way", () => {
    const text = new Text();
    const heard: unknown[] = [];
    const end = text.onMessage((content, buffers) => heard.push([content, buffers]));
    page.of(text).say(custom({ kind: "x" }), [Uint8Array.of(7)]);
    end();
    page.of(text).say(custom({ kind: "y" }));
    expect(heard).toEqual([[{ kind: "x" }, [Uint8Array.of(7)]]]);
    text.send({ kind: "z" }, [Uint16Array.of(1)]);
    expect(page.of(text).sent).toEqual([
      { data: { method: "custom", content: { kind: "z" } }, metadata: {}, buffers: [Uint8Array.of(1, 0)] },
    ]);
  });
});

describe("references", () => {
  test("travel as the ids of models, at any depth, and come back as widgets", () => {
    const [a, b] = [new IntSlider(), new Text()];
    const box = new VBox({ children: [a, b] });
    const link = new Link({ source: [a, "value"], target: [b, "value"] });
    expect(page.of(box).state.children).toEqual([`IPY_MODEL_${a.id}`, `IPY_MODEL_${b.id}`]);
    expect(page.of(link).state.source).toEqual([`IPY_MODEL_${a.id}`, "value"]);
    page.of(box).say(update({ children: [`IPY_MODEL_${b.id}`] }));
    expect(box.children).toEqual([b]);
    expect(of(page.of(box).sent, "update")).toEqual([]);
    // Text is text, whatever it looks like.
    b.value = `IPY_MODEL_${a.id}`;
    page.of(b).say(update({ value: `IPY_MODEL_${box.id}` }));
    expect(b.value).toBe(`IPY_MODEL_${box.id}`);
  });

  test("are kept in a list that cannot be changed unnoticed", () => {
    const box = new HBox({ children: [] });
    expect(() => (box.children as unknown as unknown[]).push(1)).toThrow();
    const children = [new Text()];
    box.children = children;
    children.push(new Text());
    expect(box.children.length).toBe(1);
  });
});

describe("a widget that is closed", () => {
  test("ends its comm and those of its layout and style; what is set then stays here", () => {
    const slider = new IntSlider();
    slider.close();
    slider.close();
    slider.value = 7;
    expect(page.opened.map(({ closed }) => closed)).toEqual([true, true, true]);
    expect(page.of(slider).sent).toEqual([]);
    expect([slider.closed, slider.value]).toEqual([true, 7]);
  });

  test("by the page is closed here, too", () => {
    const slider = new IntSlider();
    page.of(slider).close();
    slider.value = 7;
    expect(slider.closed).toBe(true);
    expect(page.of(slider).sent).toEqual([]);
  });
});
