import type { Shape, Triple } from "#src/core/shape.js";

/** Distance of each voxel inside to the nearest one outside, by trying all of them. */
export function distances(shape: Shape, inside: readonly boolean[], steps: Triple): number[] {
  const [, height, width] = shape;
  const place = (k: number): Triple => [
    Math.floor(k / (height * width)) * steps[0],
    (Math.floor(k / width) % height) * steps[1],
    (k % width) * steps[2],
  ];
  const outside = [...inside.keys()].filter((k) => !inside[k]).map(place);
  return inside.map((is, k) => {
    if (!is) return 0;
    const [z, y, x] = place(k);
    return Math.sqrt(Math.min(...outside.map((o) => (o[0] - z) ** 2 + (o[1] - y) ** 2 + (o[2] - x) ** 2)));
  });
}
