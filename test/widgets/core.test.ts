/** The widget messaging protocol 2.1 and the control protocol 1.0, as a page sees them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import {
  Button,
  Controller,
  ControllerButton,
  FileUpload,
  HBox,
  Image,
  IntSlider,
  Layout,
  Link,
  Text,
  VBox,
} from "#widgets/model/index.js";
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

describe("a change in the page", () => {
  test("is echoed as it came, and its listeners hear of it; nothing else is sent", () => {
    const slider = new IntSlider({ value: 5 });
    const changes: unknown[] = [];
    slider.observe("value", ({ owner, name, old, new: now }) => changes.push([owner === slider, name, old, now]));
    page.of(slider).say(update({ value: 9 }));
    expect(changes).toEqual([[true, "value", 5, 9]]);
    expect(page.of(slider).sent.map(({ data }) => data)).toEqual([
      { method: "echo_update", state: { value: 9 }, buffer_paths: [] },
    ]);
  });

  test("that is corrected is echoed first as it came, then set right", () => {
    const slider = new IntSlider({ value: 5 });
    const { say, sent } = page.of(slider);
    say(update({ value: 500 }));
    expect(slider.value).toBe(100);
    // Again: the kernel's value does not change, but the page's has to.
    say(update({ value: 700 }));
    expect(sent.map(({ data }) => [data.method, data.state])).toEqual([
      ["echo_update", { value: 500 }],
      ["update", { value: 100 }],
      ["echo_update", { value: 700 }],
      ["update", { value: 100 }],
    ]);
  });

  test("tells the page also of what had to follow from it", () => {
    const slider = new IntSlider({ value: 50 });
    page.of(slider).say(update({ max: 20 }));
    expect(of(page.of(slider).sent, "update")).toEqual([{ value: 20 }]);
  });

  test.each<[string, Record<string, Json>]>([
    ["of a wrong type", { value: "7" }],
    ["that is no whole number", { value: 1.5 }],
    ["that is null", { value: null }],
    ["that is a list", { value: [1] }],
    ["of bounds the wrong way round", { max: -5 }],
    ["outside an enumeration", { orientation: "diagonal" }],
    ["of a reference to nothing", { layout: "IPY_MODEL_nowhere" }],
    ["of what the model is", { _model_name: "ButtonModel", _view_module: "evil" }],
    ["of its CSS classes", { _dom_classes: ["x"] }],
  ])("%s changes nothing, and the page is set right", (_name, state) => {
    const slider = new IntSlider({ value: 5 });
    const before = page.of(slider).state;
    const { say, sent } = page.of(slider);
    say(update(state));
    expect(of(sent, "echo_update")).toEqual([state]);
    expect(of(sent, "update")).toEqual([Object.fromEntries(Object.keys(state).map((name) => [name, before[name]!]))]);
    say({ method: "request_state" });
    expect(of(sent, "update").at(-1)).toEqual(before);
  });

  test.each<[string, Json]>([
    ["a reference to a widget of another class", "button"],
    ["the id without what makes it a reference", "layout"],
  ])("cannot smuggle in %s", (_name, which) => {
    const button = new Button();
    const slider = new IntSlider();
    page.of(slider).say(update({ layout: which === "button" ? `IPY_MODEL_${button.id}` : slider.layout.id }));
    expect(slider.layout).toBeInstanceOf(Layout);
  });

  test("of unknown attributes is passed over, whatever they are called", () => {
    const slider = new IntSlider({ value: 5 });
    const { say, sent } = page.of(slider);
    const state = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "toString": "x", "nonsense": [1]}');
    say(update(state as Record<string, Json>));
    say(update(state as Record<string, Json>, [["__proto__", "polluted"]]), [Uint8Array.of(1)]);
    expect(sent).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(String(slider)).toBe("IntSlider(value: 5)");
  });

  test("with one bad value takes the good ones", () => {
    const slider = new IntSlider({ value: 5 });
    page.of(slider).say(update({ value: 6, max: -5, description: 7, step: 2 }));
    expect([slider.value, slider.max, slider.description, slider.step]).toEqual([6, 100, "", 2]);
    expect(of(page.of(slider).sent, "update")).toEqual([{ max: 100, description: "" }]);
  });

  test.each<[string, Record<string, Json>]>([
    ["no state", { method: "update" }],
    ["a state that is a list", { method: "update", state: [1] }],
    ["a state that is null", { method: "update", state: null }],
    ["no method", {}],
    ["a method that nobody knows", { method: "explode", state: { value: 9 } }],
    ["a custom message without content", { method: "custom" }],
  ])("is ignored where it has %s", (_name, data) => {
    const slider = new IntSlider({ value: 5 });
    page.of(slider).say(data);
    expect([slider.value, page.of(slider).sent]).toEqual([5, []]);
  });

  test("takes files with their bytes, from any depth of the state, and does not echo them", () => {
    const upload = new FileUpload();
    const file = { name: "a.txt", type: "text/plain", size: 2, last_modified: 1_700_000_000_000 };
    const { say, sent } = page.of(upload);
    say(update({ value: [file], error: "" }, [["value", 0, "content"]]), [Uint8Array.of(104, 105)]);
    expect(upload.value).toEqual([
      { ...file, content: Uint8Array.of(104, 105), last_modified: new Date(1_700_000_000_000) },
    ]);
    expect(sent.map(({ data }) => [data.method, data.state])).toEqual([["echo_update", { error: "" }]]);
    // Bytes that do not arrive, or not all of them.
    say(update({ value: [file] }));
    say(update({ value: [file] }, [["value", 0, "content"]]), [Uint8Array.of(1)]);
    expect(upload.value[0]!.content.length).toBe(2);
    expect(sent.at(-1)!.data.method).toBe("update");
  });

  test("is one whose listener may change the widget again", () => {
    const slider = new IntSlider({ value: 5 });
    const even = slider.observe("value", ({ new: now }) => {
      slider.value = now - (now % 2);
    });
    page.of(slider).say(update({ value: 9 }));
    even();
    page.of(slider).say(update({ value: 11 }));
    expect(slider.value).toBe(11);
    expect(page.of(slider).sent.map(({ data }) => [data.method, data.state])).toEqual([
      ["echo_update", { value: 9 }],
      ["update", { value: 8 }],
      ["echo_update", { value: 11 }],
    ]);
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

describe("a page that is loaded anew", () => {
  test("is told of all open widgets on the comm on which it asks; several may ask at once", () => {
    const image = new Image({ value: Uint8Array.of(9, 8) });
    const closed = new Text();
    closed.close();
    const comms = [1, 2].map(() => page.open("jupyter.widget.control", {}, { version: "1.0.0" }));
    comms[0]!.say({ method: "request_states" });
    expect(comms[1]!.sent).toEqual([]);
    comms[1]!.say({ method: "request_states" });
    comms[1]!.say({ method: "nonsense" });
    for (const { sent } of comms) {
      expect(sent.length).toBe(1);
      const { data, buffers, metadata } = sent[0]!;
      expect([data.method, metadata]).toEqual(["update_states", { version: "1.0.0" }]);
      const states = data.states as Record<string, { model_name: string; state: Record<string, Json> }>;
      expect(states).not.toHaveProperty(closed.id);
      expect(states[image.id]).toMatchObject({
        model_name: "ImageModel",
        model_module: "@jupyter-widgets/controls",
        model_module_version: "2.0.0",
        state: { format: "png", layout: `IPY_MODEL_${image.layout.id}` },
      });
      const k = (data.buffer_paths as Json[][]).findIndex(([id]) => id === image.id);
      expect((data.buffer_paths as Json[][])[k]).toEqual([image.id, "state", "value"]);
      expect(buffers[k]).toEqual(Uint8Array.of(9, 8));
    }
  });

  test("may also ask a single widget", () => {
    const slider = new IntSlider({ value: 3 });
    slider.value = 4;
    page.of(slider).say({ method: "request_state" });
    const { data } = page.of(slider).sent.at(-1)!;
    expect(data).toEqual({ method: "update", state: { ...page.of(slider).state, value: 4 }, buffer_paths: [] });
  });
});

describe("a widget that a page opens", () => {
  const identity = (name: string): Record<string, Json> => ({
    _model_module: "@jupyter-widgets/controls",
    _model_module_version: "2.0.0",
    _model_name: `${name}Model`,
    _view_module: "@jupyter-widgets/controls",
    _view_module_version: "2.0.0",
    _view_name: `${name}View`,
  });

  test("is a widget here, too: the buttons of a game controller", () => {
    const controller = new Controller();
    const opened = page.open("jupyter.widget", { state: identity("ControllerButton") }, { version: "2.1.0" });
    opened.say(update({ value: 0.5, pressed: true }));
    page.of(controller).say(update({ connected: true, buttons: [`IPY_MODEL_${opened.id}`] }));
    const [button] = controller.buttons;
    expect(button).toBeInstanceOf(ControllerButton);
    expect([controller.connected, button!.pressed, button!.value]).toEqual([true, true, 0.5]);
    button!.close();
    expect(opened.closed).toBe(true);
  });

  test.each<[string, Record<string, Json>]>([
    ["a class that does not exist", { state: identity("Nothing") }],
    ["a class of another module", { state: { ...identity("IntSlider"), _model_module: "constructor" } }],
    ["no state", {}],
    ["a state that is text", { state: "x" }],
  ])("is closed again where it has %s", (_name, data) => {
    new Controller();
    expect(page.open("jupyter.widget", data).closed).toBe(true);
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
