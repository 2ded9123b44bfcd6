/** The transfer function: what colour and how dense each of the 256 values of a texture is. The page's graphics card, the picture in the notebook and picking use this one table. */
import { PALETTE, type Phase, phaseTable, rgb } from "../../src/core/phases.js";
import type { Display3d } from "../protocol/volume3d.js";
import { phaseOf } from "./colours.js";

export interface Transfer {
  readonly display: Pick<Display3d, "mode" | "iso" | "opacity" | "hidden">;
  /** Values that the bytes 0 and 255 stand for. */
  readonly scale: readonly [low: number, high: number];
  readonly window: readonly [low: number, high: number];
  readonly thresholds: readonly number[];
  readonly phases: readonly Phase[];
  readonly labelled: boolean;
  /** What is lit, by label (1: lit); undefined: all is. */
  readonly selection?: Uint8Array | undefined;
}

/** Share of the largest side over which a density of 0.5 lets half of the light through. */
export const UNIT = 0.01;
/** How much of what is not selected is left to see. */
const DIM = 0.06;
const BONE = [0.86, 0.84, 0.79] as const;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const unit = (colour: string): [number, number, number] => rgb(colour).map((n) => n / 255) as [number, number, number];

/** The grey value that a byte of the texture stands for. */
export const greyOfByte = (byte: number, [low, high]: Transfer["scale"]): number => low + (byte / 255) * (high - low);

/** The grey value of the isosurface. */
export const isoOf = ({ display, thresholds, window }: Pick<Transfer, "display" | "thresholds" | "window">): number =>
  display.iso ?? thresholds.at(-1) ?? (window[0] + window[1]) / 2;

/** Colour of a label: its phase's, else one of the palette. */
export function labelColour(label: number, phases: readonly Phase[]): string {
  const phase = phases.find((one) => one.label === label);
  return phase?.colour ?? PALETTE[(((label - 1) % PALETTE.length) + PALETTE.length) % PALETTE.length]!;
}

/** How surfaces of labels are shown where no triangles can be drawn: the labels themselves, solid. */
export function solidLabels(display: Display3d, phases: readonly Phase[], labelled: boolean): Display3d {
  if (display.mode !== "none" || !labelled) return display;
  const hidden = phases.map(({ label }) => label).filter((label) => !display.surfaces.includes(label));
  return { ...display, mode: "composite", opacity: 1, hidden: [...new Set([0, ...hidden])] };
}

/** Red, green, blue and density, 0 to 1, of each byte. */
export function transferTable(transfer: Transfer): Float32Array {
  const { display, scale, window, thresholds, phases, labelled, selection } = transfer;
  const { mode, opacity } = display;
  const hidden = new Set(display.hidden);
  const out = new Float32Array(4 * 256);
  const iso = isoOf(transfer);
  // Those of the thresholds: labels over the grey values have phases of their own.
  const colours = thresholds.length === 0 ? [] : phaseTable(thresholds.length + 1).map(({ colour }) => unit(colour));
  for (let byte = 0; byte < 256; byte++) {
    const value = greyOfByte(byte, scale);
    const grey = clamp((value - window[0]) / (window[1] - window[0]));
    let colour: readonly number[] = [grey, grey, grey];
    let density = 0;
    if (labelled) {
      colour = unit(labelColour(byte, phases));
      density = hidden.has(byte) ? 0 : mode === "iso" ? 1 : opacity;
      if (selection !== undefined && selection[byte] !== 1) density *= DIM;
    } else if (mode === "mip" || mode === "average") density = grey <= 0 ? 0 : clamp(2 * opacity * grey ** 0.5);
    else if (mode === "iso") {
      // That of the phase above it.
      colour = colours[thresholds.filter((threshold) => threshold <= iso).length] ?? BONE;
      density = value > iso ? 1 : 0;
    } else if (thresholds.length > 0) {
      const phase = phaseOf(value, thresholds);
      // A little of the grey value stays to see: what is one phase is not all alike.
      colour = (colours[phase] ?? BONE).map((c) => c * (0.65 + 0.35 * grey));
      density = hidden.has(phase) ? 0 : opacity;
    } else density = opacity * clamp((grey - 0.15) / 0.85) ** 2;
    if (mode === "none") density = 0;
    out.set([colour[0]!, colour[1]!, colour[2]!, density], 4 * byte);
  }
  return out;
}
