/** What a page may set of a 3D view: hostile until checked. */
import type { Region, Shape } from "../../../src/core/shape.js";
import type { Display3d, RenderMode, Turntable } from "../../protocol/volume3d.js";

export const RENDER_MODES: readonly RenderMode[] = ["composite", "mip", "average", "iso", "none"];
/** Labels in a list of the state, at most: it stays under 1 KB. */
export const MOST_LABELS = 32;

const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const labels = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.length <= MOST_LABELS &&
  value.every((n) => Number.isSafeInteger(n)) &&
  new Set(value).size === value.length;

function box(shape: Shape, value: unknown): Region | null | undefined {
  if (value === null) return null;
  const { start, stop } = Object(value) as { start?: unknown; stop?: unknown };
  const triple = (t: unknown): t is number[] =>
    Array.isArray(t) && t.length === 3 && t.every((n) => Number.isInteger(n));
  if (!triple(start) || !triple(stop)) return undefined;
  const fits = start.every((n, k) => n >= 0 && n < stop[k]! && stop[k]! <= shape[k]!);
  return fits ? ({ start, stop } as unknown as Region) : undefined;
}

/** @param known labels that there are surfaces of; undefined: none */
export function displayIn(shape: Shape, surfaced: boolean, value: unknown): Display3d | undefined {
  const { mode, iso, opacity, lit, planes, clip, hidden, surfaces } = Object(value) as Partial<
    Record<keyof Display3d, unknown>
  >;
  const region = box(shape, clip);
  const fits =
    RENDER_MODES.includes(mode as RenderMode) &&
    (iso === null || finite(iso)) &&
    finite(opacity) &&
    opacity >= 0 &&
    opacity <= 1 &&
    typeof lit === "boolean" &&
    typeof planes === "boolean" &&
    region !== undefined &&
    labels(hidden) &&
    labels(surfaces) &&
    (surfaced || surfaces.length === 0);
  if (!fits) return undefined;
  return { mode, iso, opacity, lit, planes, clip: region, hidden, surfaces } as Display3d;
}

export function viewIn(value: unknown): Turntable | undefined {
  const { azimuth, elevation, zoom, pan } = Object(value) as Partial<Record<keyof Turntable, unknown>>;
  const fits =
    finite(azimuth) &&
    Math.abs(azimuth) <= 360 &&
    finite(elevation) &&
    Math.abs(elevation) <= 90 &&
    finite(zoom) &&
    zoom >= 0.05 &&
    zoom <= 200 &&
    Array.isArray(pan) &&
    pan.length === 2 &&
    pan.every((n) => finite(n) && Math.abs(n) <= 100);
  return fits ? ({ azimuth, elevation, zoom, pan } as Turntable) : undefined;
}
