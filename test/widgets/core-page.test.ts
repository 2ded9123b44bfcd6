/** What a page says to widgets, rightly or not: widget messaging protocol 2.1 and control protocol 1.0. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import {
  Button,
  Controller,
  ControllerButton,
  FileUpload,
  Image,
  IntSlider,
  Layout,
  Text,
} from "#widgets/model/index.js";
import { FakePage, type Sent, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const of = (sent: readonly Sent[], method: string): Json[] =>
  sent.filter(({ data }) => data.method === method).map(({ data }) => data.state!);

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
