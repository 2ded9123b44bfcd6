/** How coarse frames in space are for the time that there is, and what is changed of vtk.js' shader. */
import fragment from "@kitware/vtk.js/Rendering/OpenGL/glsl/vtkVolumeFS.glsl.js";
import { describe, expect, test } from "vitest";
import { MovingGovernor, RowGovernor } from "#widgets/view/volume3d/governor.js";
import { FASTER, LOOKED_FOR } from "#widgets/view/volume3d/shader.js";

const WANTED = 80;

/** A machine that draws so many pixels a millisecond, lit ones eight times as slowly, and takes so long for anything at all. */
function frames(governor: MovingGovernor, perMillisecond: number, { always = 15, lit = true, count = 60 } = {}) {
  return Array.from({ length: count }, () => {
    const next = governor.next(lit);
    const took = always + (400_000 / next.pixel ** 2 / perMillisecond) * (next.lit ? 8 : 1);
    governor.took(took);
    return { ...next, took };
  });
}

describe("frames while something moves", () => {
  test.each([
    [400, true, { pixel: 4, lit: false }],
    [4000, true, { pixel: 1.5, lit: false }],
    [13_000, true, { pixel: 2, lit: true }],
    [200_000, true, { pixel: 1, lit: true }],
    [1000, false, { pixel: 3, lit: false }],
    [20_000, false, { pixel: 1, lit: false }],
  ])("on a machine of %d pixels/ms, light %s, come to their time and stay", (speed, lit, wanted) => {
    const seen = frames(new MovingGovernor(WANTED, 2), speed, { lit });
    expect(seen.at(-1)).toMatchObject(wanted);
    expect(seen.at(-1)!.took).toBeLessThanOrEqual(1.25 * WANTED);
    expect(new Set(seen.slice(-20).map(({ took }) => took)).size).toBe(1);
  });

  test("follow a machine that gets slower and quicker", () => {
    const governor = new MovingGovernor(WANTED, 8);
    expect(frames(governor, 200_000).at(-1)).toMatchObject({ pixel: 1, lit: true });
    expect(frames(governor, 4000).at(-1)).toMatchObject({ lit: false });
    expect(frames(governor, 200_000).at(-1)).toMatchObject({ pixel: 1, lit: true });
  });

  test("are not coarser where that is no use", () => {
    const governor = new MovingGovernor(WANTED, 2);
    // Anything takes 120 ms, on whatever pixels.
    const seen = frames(governor, 100_000, { always: 120 });
    expect(seen[0]).toMatchObject({ pixel: 2, lit: true });
    expect(seen.at(-1)).toMatchObject({ pixel: 2, lit: true });
    // That may be over with the next gesture.
    governor.rested();
    expect(frames(governor, 2000).at(-1)).toMatchObject({ lit: false });
  });

  test("a single slow one changes nothing", () => {
    const governor = new MovingGovernor(WANTED, 2);
    const first = governor.next(true);
    for (const took of [60, 900, 60, 60, 2000, 60]) governor.took(took);
    expect(governor.next(true)).toEqual(first);
    for (const took of [150, 60, 150]) governor.took(took);
    expect(governor.next(true)).not.toEqual(first);
  });
});

test("strips of a sharp frame grow and shrink to their time, none to more than twice what was drawn", () => {
  const strips = new RowGovernor(48, 90);
  strips.took(1, 48);
  expect(strips.rows).toBe(96);
  strips.took(180, 96);
  expect(strips.rows).toBe(48);
  // The last strip is what is left.
  strips.took(45, 10);
  expect(strips.rows).toBe(20);
  strips.took(100_000, 20);
  expect(strips.rows).toBe(8);
});

test("what is looked for in vtk.js' shader is there", () => {
  for (const [text, count] of LOOKED_FOR) expect(fragment.split(text).length - 1, text).toBe(count);
  for (const { originalValue, replaceAll, replacementValue } of FASTER) {
    const found = replaceAll ? new RegExp(originalValue, "g") : originalValue;
    expect(fragment.replace(found, replacementValue)).not.toBe(fragment);
  }
});
