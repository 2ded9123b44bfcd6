/** How a network is seen: turns and places, balls and rods against rays that are followed one by one, what is pale and what is not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Balls, ballAt, canvasOf, paintBodies, type Rods, uncovered } from "#widgets/draw/bodies.js";
import {
  axisFor,
  binned,
  colourAt,
  colourAxis,
  FULL,
  HIDDEN,
  levelsOf,
  namedValues,
  PALE,
  PLAIN,
  shareOf,
  valueAt,
} from "#widgets/draw/network-look.js";
import { networkPicture } from "#widgets/draw/network-picture.js";
import {
  ALONG,
  about,
  type Camera,
  CORNER,
  projectionOf,
  seen,
  times,
  turned,
  unitTurn,
  zoomed,
} from "#widgets/draw/orthographic.js";

const box = { low: [-5, -10, -15] as const, size: [20, 30, 40] as const };
const straight: Camera = { turn: ALONG.z, zoom: 1, shift: [0, 0] };
const turns = fc
  .tuple(...([0, 1, 2, 3] as const).map(() => fc.double({ min: -1, max: 1, noNaN: true })))
  .map((four) => unitTurn(four))
  .filter((turn) => turn !== undefined);

describe("a view from a side", () => {
  test.each([
    ["z", [1, 0, 0], [0, 1, 0]],
    ["y", [1, 0, 0], [0, 0, 1]],
    ["x", [0, 0, 1], [0, 1, 0]],
  ] as const)("along %s has the other axes where slices have them", (axis, right, down) => {
    const projection = projectionOf({ ...straight, turn: ALONG[axis] }, box, 300, 200);
    const origin = seen(projection, 0, 0, 0);
    for (const [way, wanted] of [
      [right, [1, 0]],
      [down, [0, 1]],
    ] as const) {
      const [x, y, depth] = seen(projection, way[0], way[1], way[2]);
      expect(x - origin[0]).toBeCloseTo(wanted[0] * projection.scale, 9);
      expect(y - origin[1]).toBeCloseTo(wanted[1] * projection.scale, 9);
      expect(depth).toBeCloseTo(origin[2], 9);
    }
  });

  test("keeps lengths, the middle in the middle, and all corners in the picture, however it is turned", () => {
    fc.assert(
      fc.property(turns, (turn) => {
        const projection = projectionOf({ ...straight, turn }, box, 300, 200);
        const [x, y, depth] = seen(projection, 5, 5, 5);
        expect([x, y, depth].map((n) => Math.round(n * 1e6))).toEqual([150e6, 100e6, 0]);
        const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) =>
          seen(projection, -15 + 40 * (k & 1), -10 + 30 * ((k >> 1) & 1), -5 + 20 * (k >> 2)),
        );
        for (const [right, down, into] of corners) {
          expect(right).toBeGreaterThan(0);
          expect(right).toBeLessThan(300);
          expect(down).toBeGreaterThan(0);
          expect(down).toBeLessThan(200);
          expect(Math.abs(into)).toBeLessThan(projection.depth[1]);
        }
        const far = Math.hypot(...corners[0]!.map((n, k) => n - corners[7]![k]!));
        expect(far).toBeCloseTo(Math.hypot(20, 30, 40) * projection.scale, 6);
      }),
      { seed: 3 },
    );
  });

  test("follows a drag: what lies in front goes with the mouse, and turns add up", () => {
    // In front is where the depth is least: along z that is z = −5.
    const before = seen(projectionOf(straight, box, 300, 200), 5, 5, -5);
    const right = seen(projectionOf(turned(straight, 0.1, 0), box, 300, 200), 5, 5, -5);
    const down = seen(projectionOf(turned(straight, 0, 0.1), box, 300, 200), 5, 5, -5);
    expect(right[0]).toBeGreaterThan(before[0] + 1);
    expect(right[1]).toBeCloseTo(before[1], 9);
    expect(down[1]).toBeGreaterThan(before[1] + 1);
    expect(down[0]).toBeCloseTo(before[0], 9);
    const twice = times(about([0, 1, 0], 0.3), about([0, 1, 0], 0.4));
    expect(twice.map((n) => Number(n.toFixed(9)))).toEqual(about([0, 1, 0], 0.7).map((n) => Number(n.toFixed(9))));
    expect(unitTurn([0, 0, 0, 0])).toBeUndefined();
    expect(unitTurn([Number.NaN, 0, 0, 1])).toBeUndefined();
  });

  test("keeps the place under the mouse where it is zoomed", () => {
    const [width, height] = [300, 200];
    const at = [0.3, -0.2] as const;
    const pixel = [width / 2 + at[0] * height, height / 2 + at[1] * height];
    const first = projectionOf(CORNER, box, width, height);
    const near = zoomed(CORNER, 1.7, at);
    const second = projectionOf(near, box, width, height);
    // A place that lies under the pixel: the middle, moved in the plane of the picture.
    const m = first.matrix;
    const far = [pixel[0]! - width / 2, pixel[1]! - height / 2].map((n) => n / first.scale ** 2);
    const place = [0, 1, 2].map((k) => 5 + far[0]! * m[k]! + far[1]! * m[3 + k]!) as [number, number, number];
    expect(
      seen(first, ...place)
        .slice(0, 2)
        .map((n, k) => n - pixel[k]!),
    ).toEqual([expect.closeTo(0, 6), expect.closeTo(0, 6)]);
    expect(
      seen(second, ...place)
        .slice(0, 2)
        .map((n, k) => n - pixel[k]!),
    ).toEqual([expect.closeTo(0, 6), expect.closeTo(0, 6)]);
  });
});

/** A few balls and rods of chance. */
function chance(seed: number): { balls: Balls; rods: Rods } {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const count = 12;
  const list = (low: number, high: number): Float64Array =>
    Float64Array.from({ length: count }, () => low + random() * (high - low));
  const balls = {
    ...{ x: list(-15, 25), y: list(-10, 20), z: list(-5, 15), radius: list(1, 4) },
    colours: Uint32Array.from({ length: count }, (_, k) => 0xff000000 + k + 1),
    levels: Uint8Array.from({ length: count }, () => FULL),
  };
  const rods = {
    one: Float64Array.from({ length: 10 }, (_, k) => k),
    other: Float64Array.from({ length: 10 }, (_, k) => k + 2),
    radius: Float64Array.from({ length: 10 }, () => 0.5 + random() * 0.5),
    colours: Uint32Array.from({ length: 10 }, (_, k) => 0xff000000 + 100 + k),
    levels: Uint8Array.from({ length: 10 }, () => FULL),
  };
  return { balls, rods };
}

/** Depth of the nearest surface under a pixel, by the equations of balls and of cylinders that never end, cut by planes at their ends. */
function depthByRay(
  { balls, rods }: ReturnType<typeof chance>,
  camera: Camera,
  size: [number, number],
  x: number,
  y: number,
): number {
  const projection = projectionOf(camera, box, ...size);
  const place = (k: number): [number, number, number] => seen(projection, balls.x[k]!, balls.y[k]!, balls.z[k]!);
  let nearest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < balls.radius.length; k++) {
    const [bx, by, bz] = place(k);
    const r = balls.radius[k]! * projection.scale;
    const away = r * r - (x - bx) ** 2 - (y - by) ** 2;
    if (away >= 0) nearest = Math.min(nearest, bz - Math.sqrt(away));
  }
  for (let e = 0; e < rods.radius.length; e++) {
    const [a, b] = [place(rods.one[e]!), place(rods.other[e]!)];
    const axis = b.map((n, k) => n - a[k]!);
    const length = Math.hypot(...axis);
    const [ux, uy, uz] = axis.map((n) => n / length) as [number, number, number];
    const r = rods.radius[e]! * projection.scale;
    // |p − (p·u) u|² = r² for p = (x, y, t) − a.
    const [px, py] = [x - a[0], y - a[1]];
    const along = px * ux + py * uy;
    const A = 1 - uz * uz;
    const B = -2 * uz * along;
    const C = px * px + py * py - along * along - r * r;
    const root = B * B - 4 * A * C;
    if (root < 0 || A < 1e-9) continue;
    const t = (-B - Math.sqrt(root)) / (2 * A);
    const share = (along + t * uz) / length;
    if (share >= 0 && share <= 1) nearest = Math.min(nearest, a[2] + t);
  }
  return nearest;
}

describe("balls and rods", () => {
  test("have in each pixel the depth of the nearest ball or cylinder that a ray finds", () => {
    const size: [number, number] = [120, 90];
    let [same, covered] = [0, 0];
    for (let seed = 1; seed <= 6; seed++) {
      const body = chance(seed);
      const camera = turned(CORNER, seed, 0.4 * seed);
      const canvas = canvasOf(...size);
      paintBodies(canvas, projectionOf(camera, box, ...size), [body]);
      for (let k = 0; k < canvas.depth.length; k++) {
        const wanted = depthByRay(body, camera, size, (k % size[0]) + 0.5, Math.floor(k / size[0]) + 0.5);
        if (!Number.isFinite(wanted) && canvas.pixels[k] === 0) continue;
        covered++;
        if (Math.abs(canvas.depth[k]! - wanted) < 0.02) same++;
      }
    }
    expect(covered).toBeGreaterThan(4000);
    // The ends of rods are cut along the picture's axes, inside their balls.
    expect(same / covered).toBeGreaterThan(0.995);
  });

  test("are found where they are clicked, the nearest first and what is pale last", () => {
    const projection = projectionOf(straight, box, 300, 200);
    const balls: Balls = {
      ...{ x: Float64Array.of(0, 0, 10), y: Float64Array.of(0, 0, 0), z: Float64Array.of(10, 0, 0) },
      radius: Float64Array.of(2, 2, 1),
      colours: new Uint32Array(3),
      levels: Uint8Array.of(FULL, FULL, PALE),
    };
    const [x, y] = seen(projection, 0, 0, 0);
    expect(ballAt(balls, projection, x, y)).toBe(1);
    expect(ballAt({ ...balls, levels: Uint8Array.of(FULL, PALE, PALE) }, projection, x, y)).toBe(0);
    expect(ballAt({ ...balls, levels: Uint8Array.of(HIDDEN, HIDDEN, PALE) }, projection, x, y)).toBe(-1);
    expect(ballAt(balls, projection, x + 2.1 * projection.scale, y)).toBe(-1);
    const [right, down] = seen(projection, 10, 0, 0);
    expect(ballAt(balls, projection, right, down)).toBe(2);
  });

  test("lie over all that is weaker, however near that is", () => {
    const projection = projectionOf(straight, box, 60, 60);
    const balls = (levels: Uint8Array): Balls => ({
      ...{
        x: Float64Array.of(5, 5),
        y: Float64Array.of(5, 5),
        z: Float64Array.of(-2, 10),
        radius: Float64Array.of(3, 3),
      },
      colours: Uint32Array.of(0xff0000ff, 0xffff0000),
      levels,
    });
    const middle = (levels: Uint8Array): number[] => {
      const canvas = canvasOf(60, 60);
      paintBodies(canvas, projection, [{ balls: balls(levels) }]);
      const value = canvas.pixels[30 * 60 + 30]!;
      return [value & 255, (value >> 16) & 255];
    };
    const [red, blue] = middle(Uint8Array.of(FULL, FULL));
    expect(red).toBeGreaterThan(blue!);
    const [pale, full] = middle(Uint8Array.of(PALE, FULL));
    expect(full).toBeGreaterThan(pale!);
  });

  test("leave of a rod what lies in neither ball", () => {
    const [begin, end] = uncovered(5, 3, 3, 10);
    expect(begin).toBeCloseTo(0.1, 12);
    expect(end).toBe(1);
    expect(uncovered(2, 1, 3, 10)).toEqual([0, 1]);
  });
});

describe("values", () => {
  test("lie on their axis, and come back from it", () => {
    for (const scale of ["linear", "log"] as const) {
      const axis = axisFor(Float64Array.of(3, 0.5, Number.NaN, 20, Number.POSITIVE_INFINITY), scale);
      expect(axis).toEqual({ low: 0.5, high: 20, scale });
      for (const value of [0.5, 1, 7, 20]) expect(valueAt(axis, shareOf(axis, value))).toBeCloseTo(value, 9);
      expect([shareOf(axis, 0.5), shareOf(axis, 20)]).toEqual([0, 1]);
    }
    expect(shareOf(axisFor(Float64Array.of(-1, 0, 2, 4), "log"), -1)).toBeNaN();
    expect(axisFor(Float64Array.of(-1, 0, 2, 4), "log")).toMatchObject({ low: 2, high: 4 });
    expect(axisFor(new Float64Array(3), "linear")).toMatchObject({ low: 0, high: 1 });
  });

  test("are counted all, each in its bar", () => {
    const values = Float64Array.from({ length: 1000 }, (_, k) => (k * 7919) % 100);
    const counts = binned(values, axisFor(values, "linear"), 10);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(1000);
    expect(counts[0]).toBe(values.filter((value) => value < 9.9).length);
  });

  test("have colours that an outlier does not take from the others; what is no number is plain", () => {
    const values = Float64Array.from({ length: 101 }, (_, k) => (k === 100 ? 1e9 : k));
    expect(colourAxis(values, "linear")).toMatchObject({ low: 2, high: 98 });
    expect(colourAt(colourAxis(values, "linear"), 1e9)).toBe(colourAt(colourAxis(values, "linear"), 98));
    expect(colourAt(colourAxis(values, "linear"), Number.NaN)).toBe(PLAIN);
  });

  test("that are texts are numbered by how many there are", () => {
    expect(namedValues(["b", "a", "b", ""])).toEqual({ values: Float64Array.of(0, 1, 0, 2), names: ["b", "a", ""] });
  });
});

describe("what is in full colour", () => {
  // 0 – 1 – 2 – 3 in a row.
  const shape = {
    poreDiameter: Float64Array.of(1, 2, 3, 4),
    one: Float64Array.of(0, 1, 2),
    other: Float64Array.of(1, 2, 3),
  };
  const rest = {
    range: null,
    of: "pores" as const,
    values: shape.poreDiameter,
    selected: null,
    path: null,
    throats: true,
  };
  const [f, p, h] = [FULL, PALE, HIDDEN];

  test.each([
    ["all, without a brush", {}, [f, f, f, f], [f, f, f]],
    ["pores of the range and the throats between them", { range: [2, 3] }, [p, f, f, p], [p, f, p]],
    [
      "throats of the range and their pores",
      { of: "throats", values: Float64Array.of(5, 6, 7), range: [6.5, 9] },
      [p, p, f, f],
      [p, p, f],
    ],
    ["a pore and its neighbours", { selected: 0 }, [f, f, p, p], [f, p, p]],
    ["a way", { path: { pores: [1, 2], throats: [1] } }, [p, f, f, p], [p, f, p]],
    ["a pore, and of all else only what is in the range", { selected: 0, range: [3, 9] }, [f, f, p, p], [f, h, p]],
    ["pores without their throats", { throats: false }, [f, f, f, f], [h, h, h]],
  ])("is %s", (_name, attention, pores, throats) => {
    const levels = levelsOf(shape, { ...rest, ...attention } as never);
    expect([[...levels.pores], [...levels.throats]]).toEqual([pores, throats]);
  });
});

test("a picture has the network, its box, a ring and a bar, and is the same each time", () => {
  const body = chance(4);
  const scene = { camera: CORNER, box, bodies: [body] };
  const { picture, bar } = networkPicture(scene);
  expect(picture.pixels.length).toBe(4 * 640 * 460);
  expect(Buffer.compare(Buffer.from(networkPicture(scene).picture.pixels), Buffer.from(picture.pixels))).toBe(0);
  expect([5, 10]).toContain(bar);
  const inked = (pixels: Uint8ClampedArray): number => pixels.filter((value, k) => k % 4 === 0 && value < 200).length;
  expect(inked(picture.pixels)).toBeGreaterThan(5000);
  const ringed = networkPicture({ ...scene, marked: { x: 5, y: 5, z: 5, radius: 3 } }).picture;
  expect(inked(ringed.pixels)).toBeGreaterThan(inked(picture.pixels) + 100);
  expect(picture.pixels.every((value, k) => k % 4 !== 3 || value === 255)).toBe(true);
});
