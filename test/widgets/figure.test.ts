/** Figures for papers: print size, texts, hostile captions, and the way from a page's wish to a file. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodePng, withResolution } from "#src/core/png.js";
import { mm, um } from "#src/index.js";
import { electrode } from "#src/simulate/electrode.js";
import { figureSvg, xmlText } from "#widgets/draw/figure.js";
import { histogramOf, slices, together } from "#widgets/model/index.js";
import { testFolder } from "../support/folder.js";
import { custom, FakePage } from "../support/page.js";

const folder = testFolder();
let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const parts = {
  png: "AAAA",
  width: 1000,
  height: 500,
  millimetres: 85,
  texts: [{ x: 500, y: 480, text: "10 µm", centred: true }],
  legend: [{ text: "pore", colour: "#0072b2" }, { text: "cursor 1, 2, 3" }],
  caption: "A cathode.",
  alt: "slices",
};
const numberOf = (svg: string, pattern: RegExp): number => Number(pattern.exec(svg)?.[1]);

describe("a figure", () => {
  test("has the width that it is printed with, letters of 7 points, and the height of picture, legend and caption", () => {
    const svg = figureSvg(parts);
    expect(svg).toContain('width="85mm"');
    const letter = numberOf(svg, /font-size="([\d.]+)"/);
    // 7 points are 2.469 mm, and 85 mm are 1000 pixels.
    expect(letter).toBeCloseTo((7 / 72) * 25.4 * (1000 / 85), 1);
    const tall = numberOf(svg, /viewBox="0 0 1000 ([\d.]+)"/);
    expect(tall).toBeCloseTo(500 + 2 * 1.5 * letter + 0.4 * letter, 0);
    expect(svg).toContain(">10 µm</text>");
    expect(svg).toContain('fill="#0072b2"');
  });

  test("breaks a long caption and a long legend into lines that stay within its width", () => {
    const legend = Array.from({ length: 20 }, (_, k) => ({ text: `particle class ${k}`, colour: "#d55e00" }));
    const svg = figureSvg({ ...parts, legend, caption: "many words of a caption ".repeat(12) });
    const letter = numberOf(svg, /font-size="([\d.]+)"/);
    const texts = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)">([^<]*)<\/text>/g)];
    expect(new Set(texts.map(([, , y]) => y)).size).toBeGreaterThan(5);
    for (const [, x, , text] of texts) expect(Number(x) + 0.56 * text!.length * letter).toBeLessThan(1000 + 2 * letter);
  });

  test("shows hostile texts as texts, and leaves out what XML may not hold", () => {
    const hostile = `<script>alert(1)</script>" onload="x\u0000\u0007\ud800 & ]]>`;
    const svg = figureSvg({
      ...parts,
      caption: hostile,
      alt: hostile,
      legend: [{ text: hostile, colour: `red" onload="x` }],
      texts: [{ x: 0, y: 0, text: hostile }],
    });
    expect(svg).not.toMatch(/<script|onload="x"/);
    expect(svg.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}]/u);
    expect(svg).not.toContain('fill="red');
    expect(xmlText("a\tb\u0001c")).toBe("a\tbc");
    expect(xmlText("😀\ud83d")).toBe("😀");
  });

  test("of slices has 300 dots an inch, its scale bar's length as text, and is saved whole", async () => {
    const view = await slices(await electrode({ shape: [12, 40, 48], spacing: um(0.5) }));
    const figure = await view.figure({ width: mm(85), caption: "Planes & cursor" });
    const svg = figure.svg;
    expect(numberOf(svg, /<image width="(\d+)"/)).toBeGreaterThan((85 / 25.4) * 300 - 3);
    expect(svg).toMatch(/text-anchor="middle"[^>]*>\d+ µm</);
    expect(svg).toContain("Planes &amp; cursor");
    await figure.save(folder("planes.svg"));
    expect(readFileSync(folder("planes.svg"), "utf8")).toBe(svg);
    await expect(figure.save(folder("planes.png"))).rejects.toThrow(".svg");
    await expect(view.figure({ width: 85 as never })).rejects.toThrow("mm(85)");
    await expect(view.figure({ width: mm(900) })).rejects.toThrow("300");
    await expect(view.figure({ widht: mm(85) } as never)).rejects.toThrow("width");
  });

  test("of views together has the texts of each where its picture is", async () => {
    const scan = await electrode({ shape: [12, 40, 48], spacing: um(0.5) });
    const both = together(await histogramOf(scan), await slices(scan));
    const { texts = [], picture } = await both.shown(2);
    const alone = await (await slices(scan)).shown(2);
    const first = alone.texts!.at(-1)!;
    expect(texts.at(-1)!.y).toBe(first.y + picture.height - alone.picture.height);
  });

  test("comes to a page in parts of at most 1 MiB, and a width that is none is told", async () => {
    const view = await slices(await electrode({ shape: [30, 90, 90] }));
    const model = page.model("SlicesModel");
    model.say(custom({ kind: "figure", id: 7, millimetres: 250, caption: "c" }));
    const replies = () => model.sent.filter(({ data }) => (data.content as { id?: number })?.id === 7);
    await expect.poll(() => replies().length, { timeout: 20_000 }).toBeGreaterThan(0);
    const { parts: count } = replies()[0]!.data.content as { parts: number };
    await expect.poll(() => replies().length, { timeout: 20_000 }).toBe(count);
    for (const { buffers } of replies()) expect(buffers[0]!.length).toBeLessThanOrEqual(2 ** 20);
    const svg = Buffer.concat(replies().map(({ buffers }) => buffers[0]!)).toString();
    expect(svg).toBe((await view.figure({ width: mm(250), caption: "c" })).svg);
    model.say(custom({ kind: "figure", id: 8, millimetres: "wide", caption: "" }));
    await expect
      .poll(() => model.sent.map(({ data }) => (data.content as { message?: string })?.message).join())
      .toContain("wide");
  });
});

test("a PNG that says its resolution keeps its pixels", () => {
  const pixels = Uint8Array.from({ length: 12 }, (_, k) => 20 * k);
  const plain = encodePng(pixels, 2, 2, 3);
  const file = Buffer.from(withResolution(plain, 300));
  const at = file.indexOf("pHYs");
  // 300 dots an inch are 11,811 a metre.
  expect([file.readUInt32BE(at + 4), file.readUInt32BE(at + 8), file[at + 12]]).toEqual([11811, 11811, 1]);
  expect(file.readUInt32BE(at - 4)).toBe(9);
  const data = file.indexOf("IDAT");
  const rows = inflateSync(file.subarray(data + 4, data + 4 + file.readUInt32BE(data - 4)));
  expect(rows.length).toBe(2 * 7);
  expect(Buffer.from(plain).subarray(0, 33)).toEqual(file.subarray(0, 33));
});
