import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as widgets from "#widgets/model/index.js";
import {
  BoundedFloatText,
  Dropdown,
  FloatLogSlider,
  FloatRangeSlider,
  FloatSlider,
  FloatText,
  IntRangeSlider,
  IntSlider,
  IntText,
  Play,
  Select,
  SelectionRangeSlider,
  SelectionSlider,
  SelectMultiple,
  ToggleButtons,
  type Widget,
} from "#widgets/model/index.js";
import { FakePage, update } from "../support/page.js";
import { exact, files } from "./schema/classes.js";
import { modelOf, models } from "./schema/schema.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

describe("every class of the schema", () => {
  const plans = files.flatMap(({ plans }) => plans);
  const classes = widgets as unknown as Record<string, new (options?: object) => Widget>;

  test("is public under its name", () => {
    expect(plans.length).toBe(models.length);
    for (const { model, name = model } of plans) expect(classes[name], name).toBeTypeOf("function");
  });

  test.each(plans.map(({ model, name = model }) => [name, model]))("%s begins as the schema says", (name, model) => {
    // These two have no state without an option.
    const needs = ["SelectionSlider", "SelectionRangeSlider"].includes(name);
    const widget = new classes[name]!(needs ? { options: [1] } : {});
    const { state, paths, buffers } = page.of(widget);
    const { attributes } = modelOf(model);
    const expected: Record<string, unknown> = {};
    const bytes: string[] = [];
    for (const { name, type, default: initial } of attributes)
      if (type === "reference") expected[name] = expect.stringMatching(/^IPY_MODEL_/);
      else if (type === "bytes") bytes.push(name);
      else expected[name] = initial;
    // The schema's own script does not see these two: a default that is computed, and labels that come from options.
    if (name === "FileUpload") expected.description = exact["FileUpload.description"]!.initial;
    if (needs) expected._options_labels = ["1"];
    expect(state).toEqual(expected);
    expect(paths).toEqual(bytes.map((one) => [one]));
    expect(buffers).toEqual(bytes.map(() => new Uint8Array()));
    for (const { name, type, widget: of } of attributes)
      if (type === "reference") {
        const { state: part } = page.opened.find(({ id }) => state[name] === `IPY_MODEL_${id}`)!;
        expect(part._model_name).toBe(`${of}Model`);
      }
  });

  test.each(plans.map(({ model, name = model }) => name))("%s says itself as text, and ends with its parts", (name) => {
    const needs = ["SelectionSlider", "SelectionRangeSlider"].includes(name);
    const widget = new classes[name]!(needs ? { options: [1] } : {});
    expect(inspect(widget)).toMatch(new RegExp(`^${name}\\(`));
    widget.close();
    expect(page.opened.every(({ closed }) => closed)).toBe(true);
  });
});

describe("bounded numbers", () => {
  test("are brought to the nearest bound, when they are set and when a bound is", () => {
    const slider = new IntSlider({ value: 50, min: 200, max: 300 });
    expect(slider.value).toBe(200);
    slider.value = 1000;
    expect(slider.value).toBe(300);
    slider.max = 250;
    expect(slider.value).toBe(250);
    expect(page.updates(slider)).toEqual([{ value: 300 }, { max: 250, value: 250 }]);
    expect(new BoundedFloatText({ value: -1 }).value).toBe(0);
    expect(new Play({ value: 101 }).value).toBe(100);
  });

  test("refuse bounds the wrong way round, and keep what they had", () => {
    const slider = new FloatSlider({ value: 5 });
    expect(() => {
      slider.min = 200;
    }).toThrow(/min is 200, above max, which is 100; set both at once/);
    expect([slider.min, slider.value]).toEqual([0, 5]);
  });

  test("refuse what JSON cannot carry", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new FloatText({ value })).toThrow(/FloatText: value is (NaN|Infinity); allowed is a finite number/);
    expect(() => new IntText({ value: 2 ** 60 })).toThrow(/whole number/);
  });

  test("of a logarithmic slider are between powers of its base", () => {
    const slider = new FloatLogSlider({ value: 1e9, min: -2, max: 3 });
    expect(slider.value).toBe(1000);
    slider.value = 0;
    expect(slider.value).toBe(0.01);
    slider.base = 2;
    expect(slider.value).toBe(0.25);
    expect(() => slider.set({ base: 0 })).toThrow(/base is 0/);
  });

  test("of a range are two in order, each brought to the bounds", () => {
    const range = new IntRangeSlider({ value: [-5, 20], max: 10 });
    expect(range.value).toEqual([0, 10]);
    expect(() => {
      range.value = [7, 3];
    }).toThrow(/\[7, 3\]; allowed is \[lower, upper\]/);
    expect(() => new IntRangeSlider({ value: [1, 2, 3] as never })).toThrow(/two values/);
    // As in ipywidgets.
    expect(new FloatRangeSlider({ min: 0, max: 1 }).value).toEqual([0.25, 0.75]);
    expect(new IntRangeSlider({ min: 0, max: 10 }).value).toEqual([3, 8]);
  });
});

describe("a choice of one", () => {
  test("has value, label and index in step, whichever is set", () => {
    const choice = new ToggleButtons({
      options: [
        ["fast", 1],
        ["exact", 8],
      ],
      value: 8,
    });
    const all = () => [choice.value, choice.label, choice.index];
    expect(all()).toEqual([8, "exact", 1]);
    choice.index = 0;
    expect(all()).toEqual([1, "fast", 0]);
    choice.label = "exact";
    expect(all()).toEqual([8, "exact", 1]);
    choice.value = 1;
    expect(all()).toEqual([1, "fast", 0]);
    choice.value = null;
    expect(all()).toEqual([null, null, null]);
    expect(page.of(choice).state).toMatchObject({ _options_labels: ["fast", "exact"], index: 1 });
    expect(page.of(choice).state).not.toHaveProperty("value");
  });

  test("tells its listeners of value, label and index when the page chooses", () => {
    const choice = new Dropdown({ options: ["ball", "box"] });
    const heard: unknown[] = [];
    choice.observe(["value", "label", "index"], ({ name, new: now }) => heard.push([name, now]));
    page.of(choice).say(update({ index: 1 }));
    expect(heard).toEqual(
      expect.arrayContaining([
        ["index", 1],
        ["value", "box"],
        ["label", "box"],
      ]),
    );
    page.of(choice).say(update({ index: 2 }));
    expect(choice.value).toBe("box");
    expect(page.updates(choice)).toEqual([{ index: 1 }]);
    page.of(choice).say(update({ index: null }));
    expect(choice.value).toBeNull();
  });

  test("chooses the first of new options, in one message with their labels", () => {
    const choice = new Select({ options: ["a", "b"], value: "b" });
    choice.set({ options: ["c" as "a"] });
    expect([choice.value, choice.index]).toEqual(["c", 0]);
    expect(page.updates(choice)).toEqual([{ _options_labels: ["c"], index: 0 }]);
    choice.set({ options: [] });
    expect([choice.value, choice.index]).toEqual([null, null]);
    choice.set({ options: ["a"] });
    expect(choice.value).toBeNull();
  });

  test("finds values by what they are, and keeps the very objects", () => {
    const volume = { name: "scan" };
    const choice = new Dropdown<object>({ options: [volume, [1, 2]] });
    choice.value = [1, 2];
    expect(choice.index).toBe(1);
    choice.value = volume;
    expect(choice.value).toBe(volume);
    choice.index = 1;
    choice.value = { name: "scan" };
    expect(choice.value).toBe(volume);
    expect(() => {
      choice.value = { name: "none" };
    }).toThrow(/the value \{ name: 'none' \} is none of the options/);
  });

  test("of at least one option is never none", () => {
    expect(() => new SelectionSlider()).toThrow(/SelectionSlider needs options/);
    const slider = new SelectionSlider({ options: [1, 2, 5], value: 5 });
    expect(() => slider.set({ options: [] })).toThrow(/needs options/);
    expect(() => {
      slider.value = null;
    }).toThrow(/always chosen/);
    page.of(slider).say(update({ index: null }));
    expect([slider.value, slider.index]).toEqual([5, 2]);
  });
});

describe("a choice of several", () => {
  test("has values, labels and indices in step", () => {
    const choice = new SelectMultiple({ options: ["a", "b", "c"], value: ["c", "a"] });
    expect([choice.index, choice.label]).toEqual([
      [2, 0],
      ["c", "a"],
    ]);
    page.of(choice).say(update({ index: [1] }));
    expect(choice.value).toEqual(["b"]);
    page.of(choice).say(update({ index: [1, 7] }));
    expect(choice.value).toEqual(["b"]);
    expect(page.updates(choice)).toEqual([{ index: [1] }]);
    choice.set({ options: ["a"] });
    expect([choice.value, choice.index]).toEqual([[], []]);
  });

  test("as a range is a first and a last one", () => {
    const range = new SelectionRangeSlider({ options: ["Mon", "Tue", "Wed"], value: ["Mon", "Wed"] });
    expect(range.index).toEqual([0, 2]);
    page.of(range).say(update({ index: [1, 1] }));
    expect(range.value).toEqual(["Tue", "Tue"]);
    page.of(range).say(update({ index: [1] }));
    page.of(range).say(update({ index: [1, 3] }));
    expect(range.value).toEqual(["Tue", "Tue"]);
    expect(new SelectionRangeSlider({ options: [1, 2] }).value).toEqual([1, 1]);
  });
});
