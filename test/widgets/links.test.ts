/** Attributes that follow each other, in the page and in the kernel. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  Dropdown,
  dlink,
  FloatSlider,
  IntProgress,
  IntSlider,
  IntText,
  jsdlink,
  jslink,
  link,
  Text,
} from "#widgets/model/index.js";
import { FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

describe("links in the page", () => {
  test("are models that name both ends", () => {
    const [slider, bar] = [new IntSlider(), new IntProgress()];
    const both = jslink(slider, "value", bar, "value");
    const one = jsdlink(slider, "value", bar, "max");
    expect(page.of(both).state).toMatchObject({
      _model_name: "LinkModel",
      _view_name: null,
      source: [`IPY_MODEL_${slider.id}`, "value"],
      target: [`IPY_MODEL_${bar.id}`, "value"],
    });
    expect(page.of(one).state).toMatchObject({
      _model_name: "DirectionalLinkModel",
      target: [expect.anything(), "max"],
    });
    both.close();
    expect(page.of(both).closed).toBe(true);
  });

  test("are refused where an attribute does not exist, or stays in the kernel", () => {
    const [slider, choice] = [new IntSlider(), new Dropdown({ options: [1, 2] })];
    expect(() => jslink(slider, "valu" as never, slider, "max")).toThrow(
      /IntSlider cannot be linked by `valu`: it has none/,
    );
    expect(() => jslink(slider, "value", choice, "value")).toThrow(
      /Dropdown .* by `value`: the page does not know it .*`index`/,
    );
    expect(() => jsdlink(1 as never, "value" as never, slider, "value")).toThrow(/takes widgets/);
  });
});

describe("links in the kernel", () => {
  test("carry a change both ways, once, also one of the page; until they end", () => {
    const [a, b] = [new IntSlider({ value: 3 }), new IntText()];
    const end = link(a, "value", b, "value");
    expect(b.value).toBe(3);
    b.value = 8;
    expect(a.value).toBe(8);
    page.of(a).say(update({ value: 9 }));
    expect(b.value).toBe(9);
    expect(page.of(b).sent.map(({ data }) => data.state)).toEqual([{ value: 3 }, { value: 8 }, { value: 9 }]);
    end();
    a.value = 1;
    expect(b.value).toBe(9);
  });

  test("may transform, also where there and back is not the same", () => {
    const [celsius, fahrenheit] = [new FloatSlider({ value: 20 }), new IntText()];
    link(
      celsius,
      "value",
      fahrenheit,
      "value",
      (c) => Math.round(1.8 * c + 32),
      (f) => (f - 32) / 1.8,
    );
    expect(fahrenheit.value).toBe(68);
    celsius.value = 20.1;
    expect([celsius.value, fahrenheit.value]).toEqual([20.1, 68]);
    fahrenheit.value = 50;
    expect(celsius.value).toBe(10);
  });

  test("in one direction do not come back", () => {
    const [slider, text] = [new IntSlider({ value: 3 }), new Text()];
    const end = dlink(slider, "value", text, "value", (n) => `${n} voxels`);
    expect(text.value).toBe("3 voxels");
    text.value = "mine";
    expect(slider.value).toBe(3);
    slider.value = 4;
    expect(text.value).toBe("4 voxels");
    end();
    slider.value = 5;
    expect(text.value).toBe("4 voxels");
  });

  test("are refused where an attribute does not exist", () => {
    expect(() => link(new IntSlider(), "valu" as never, new Text(), "value")).toThrow(/cannot be linked by `valu`/);
    expect(() => dlink(new IntSlider(), "value", new Text(), "nothing" as never)).toThrow(/by `nothing`/);
  });
});
