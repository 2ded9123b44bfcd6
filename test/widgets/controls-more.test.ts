/** The controls beside numbers and choices: buttons, containers, dates, tags, media, layouts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import {
  Accordion,
  Audio,
  Button,
  ColorPicker,
  ColorsInput,
  DatePicker,
  DatetimePicker,
  Image,
  IntSlider,
  IntsInput,
  Layout,
  NaiveDatetimePicker,
  Password,
  Stack,
  Tab,
  TagsInput,
  Text,
  TimePicker,
  VBox,
} from "#widgets/model/index.js";
import { custom, FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

describe("a button", () => {
  test("tells of clicks in the page and of its own", () => {
    const button = new Button({ description: "go" });
    let clicks = 0;
    const end = button.onClick((clicked) => {
      expect(clicked).toBe(button);
      clicks++;
    });
    page.of(button).say(custom({ event: "click" }));
    button.click();
    page.of(button).say(custom({ event: "hover" }));
    end();
    button.click();
    expect(clicks).toBe(2);
  });

  test("whose listener fails shows the error, and the others still hear", () => {
    const button = new Button();
    let heard = 0;
    button.onClick(() => {
      throw new Error("bad");
    });
    button.onClick(() => heard++);
    page.of(button).say(custom({ event: "click" }));
    expect([heard, page.errors.map(String)]).toEqual([1, ["Error: bad"]]);
    expect(() => button.click()).toThrow("bad");
  });
});

describe("containers", () => {
  test("have as many titles as children, and a selected one that exists", () => {
    const children = [new Text(), new Text(), new Text()];
    const tab = new Tab({ children, titles: ["one", "two"] });
    expect([tab.titles, tab.selected_index]).toEqual([["one", "two", ""], 0]);
    tab.selected_index = 2;
    tab.children = children.slice(0, 2);
    expect([tab.titles, tab.selected_index]).toEqual([["one", "two"], 1]);
    tab.children = [];
    expect([tab.titles, tab.selected_index]).toEqual([[], null]);
    const accordion = new Accordion({ children, selected_index: 2 });
    accordion.children = [];
    expect(accordion.selected_index).toBeNull();
    expect(() => new Stack({ children, selected_index: 3 })).toThrow(/selected_index is 3; there are 3 children/);
  });

  test("do not take from a page a page that is not there", () => {
    const tab = new Tab({ children: [new Text()] });
    page.of(tab).say(update({ selected_index: 4 }));
    expect(tab.selected_index).toBe(0);
    expect(page.updates(tab)).toEqual([{ selected_index: 0 }]);
    page.of(tab).say(update({ selected_index: null }));
    expect(tab.selected_index).toBeNull();
  });

  test("refuse what is no widget", () => {
    expect(() => new VBox({ children: ["text"] as never })).toThrow(/each of it a widget of the class Widget/);
  });
});

describe("dates and times", () => {
  test("travel as the page's date controls take them, and come back as they were", () => {
    const day = new DatePicker({ value: "2024-02-29" });
    const clock = new TimePicker({ value: "14:05" });
    const instant = new DatetimePicker({ value: new Date(Date.UTC(2026, 8, 30, 14, 5, 6, 7)) });
    const naive = new NaiveDatetimePicker({ value: "2026-09-30T14:05:06.5" });
    const noon = { hours: 14, minutes: 5, seconds: 0, milliseconds: 0 };
    expect(page.of(day).state.value).toEqual({ year: 2024, month: 1, date: 29 });
    expect(page.of(clock).state.value).toEqual(noon);
    const then = { year: 2026, month: 8, date: 30, hours: 14, minutes: 5, seconds: 6 };
    expect(page.of(instant).state.value).toEqual({ ...then, milliseconds: 7 });
    expect(page.of(naive).state.value).toEqual({ ...then, milliseconds: 500 });
    expect([clock.value, naive.value]).toEqual(["14:05:00", "2026-09-30T14:05:06.500"]);
    for (const widget of [day, clock, instant, naive]) {
      const { state, say } = page.of(widget);
      const before = widget.value;
      say(update({ value: null }));
      expect(widget.value).toBeNull();
      say(update({ value: state.value! }));
      expect(widget.value).toEqual(before);
      expect(page.updates(widget)).toEqual([]);
    }
  });

  test.each<[string, () => unknown]>([
    ["the 30th of February", () => new DatePicker({ value: "2024-02-30" })],
    ["a day that is no text", () => new DatePicker({ value: new Date() as never })],
    ["a day with one digit", () => new DatePicker({ value: "2024-2-3" })],
    ["25 o'clock", () => new TimePicker({ value: "25:00" })],
    ["an instant that is none", () => new DatetimePicker({ value: new Date(Number.NaN) })],
    ["an instant as text", () => new DatetimePicker({ value: "2024-02-03T00:00" as never })],
    ["a naive time with a zone", () => new NaiveDatetimePicker({ value: "2024-02-03T00:00Z" })],
  ])("are refused where they are %s, with an example of one that is right", (_name, make) => {
    expect(make).toThrow(/value is .*; allowed is a (day|time|Date)/);
  });

  test.each<[string, Json]>([
    ["a day beyond the month", { year: 2024, month: 1, date: 30 }],
    ["the month 12", { year: 2024, month: 12, date: 1 }],
    ["parts that are text", { year: "2024", month: 1, date: 1 }],
    ["parts that are no whole numbers", { year: 2024, month: 0.5, date: 1 }],
    ["parts that are missing", { year: 2024 }],
    ["the year 0", { year: 0, month: 0, date: 1 }],
    ["a list", [2024, 1, 1]],
    ["text", "2024-01-01"],
  ])("are not taken from a page that sends %s", (_name, value) => {
    const day = new DatePicker({ value: "2024-02-03" });
    page.of(day).say(update({ value }));
    expect(day.value).toBe("2024-02-03");
    expect(page.updates(day)).toEqual([{ value: { year: 2024, month: 1, date: 3 } }]);
  });

  test("are kept between their bounds", () => {
    const day = new DatePicker({ value: "2024-05-01", min: "2024-06-01" });
    expect(day.value).toBe("2024-06-01");
    expect(() => {
      day.max = "2024-01-01";
    }).toThrow(/above max/);
    const [early, late] = [new Date(0), new Date(1000)];
    expect(new DatetimePicker({ value: late, max: early }).value).toEqual(early);
    expect(new TimePicker({ value: "09:30", max: "09:05" }).value).toBe("09:05:00");
  });

  test("of the first years are not taken for those of the last century", () => {
    const day = new DatePicker({ value: "0031-01-01" });
    page.of(day).say(update({ value: page.of(day).state.value! }));
    expect(day.value).toBe("0031-01-01");
  });
});

describe("tags", () => {
  test("may be only those that are allowed, once if asked, and between bounds", () => {
    expect(() => new TagsInput({ value: ["x"], allowed_tags: ["a"] })).toThrow(/"x" is none of those allowed: a/);
    expect(() => new TagsInput({ value: ["a", "a"], allow_duplicates: false })).toThrow(/"a" is there twice/);
    expect(() => new TagsInput({ value: [""] })).toThrow(/has no text/);
    expect(() => new IntsInput({ value: [1, 9], max: 5 })).toThrow(/9 is above max, which is 5/);
    expect(() => new IntsInput({ value: [1.5] })).toThrow(/whole number/);
    expect(() => new ColorsInput({ value: ["blurple"] })).toThrow(/colour/);
    const tags = new TagsInput({ value: ["a"], allowed_tags: ["a", "b"] });
    page.of(tags).say(update({ value: ["a", "b"] }));
    page.of(tags).say(update({ value: ["c"] }));
    expect(tags.value).toEqual(["a", "b"]);
    expect(page.updates(tags)).toEqual([{ value: ["a", "b"] }]);
  });
});

describe("other controls", () => {
  test("colours are names, hexadecimal numbers and functions of CSS", () => {
    for (const value of ["teal", "Teal", "#0af", "#00aaff", "#00aaff80", "rgb(0, 10%, 3)", "hsla(120 50% 20% / 0.5)"])
      expect(new ColorPicker({ value }).value).toBe(value);
    for (const value of ["blurple", "#00aaf", "rgb(0", "url(x)", "red;background:url(x)"])
      expect(() => new ColorPicker({ value })).toThrow(/allowed is a colour such as "teal"/);
  });

  test("a password does not show in text", () => {
    const password = new Password({ value: "secret", description: "key" });
    expect(inspect(password)).toBe('Password(description: "key")');
  });

  test("text tells when it was submitted", () => {
    const text = new Text();
    let submitted = 0;
    text.onSubmit(() => submitted++);
    page.of(text).say(custom({ event: "submit" }));
    expect(submitted).toBe(1);
  });

  test("a border of a layout stands for its four sides", () => {
    const layout = new Layout({ border: "1px solid" });
    expect(page.of(layout).state).toMatchObject({ border_top: "1px solid", border_left: "1px solid" });
    expect(page.of(layout).state).not.toHaveProperty("border");
    layout.border_top = "none";
    expect(layout.border).toBeNull();
    layout.border = "2px dashed";
    expect(layout.border_right).toBe("2px dashed");
  });

  test("CSS classes are added once and removed", () => {
    const slider = new IntSlider().addClass("a").addClass("b").addClass("a").removeClass("b");
    expect(page.updates(slider)).toEqual([
      { _dom_classes: ["a"] },
      { _dom_classes: ["a", "b"] },
      { _dom_classes: ["a"] },
    ]);
  });

  test("media come from files, with the format of the ending", () => {
    const folder = mkdtempSync(join(tmpdir(), "voxbook-media-"));
    writeFileSync(join(folder, "a.JPEG"), Uint8Array.of(1, 2));
    writeFileSync(join(folder, "sound"), Uint8Array.of(3));
    const picture = Image.fromFile(join(folder, "a.JPEG"), { width: "100" });
    expect([[...picture.value], picture.format, picture.width]).toEqual([[1, 2], "jpeg", "100"]);
    expect(Audio.fromFile(join(folder, "sound"), { autoplay: false }).format).toBe("mp3");
    expect(() => Image.fromFile(join(folder, "none.png"))).toThrow(/ENOENT/);
    rmSync(folder, { recursive: true });
  });

  test("bytes may be any view or buffer", () => {
    const { buffer } = Uint16Array.of(1, 2);
    for (const value of [buffer, new DataView(buffer), new Uint16Array(buffer)])
      expect([...new Image({ value: value as never }).value]).toEqual([1, 0, 2, 0]);
    expect(() => new Image({ value: "bytes" as never })).toThrow(/allowed is bytes/);
  });
});
