/** The functions that a recipe may name: all that make a volume of a volume. */
import type { Volume } from "../core/volume.js";
import { crop } from "../filters/crop.js";
import { gaussian } from "../filters/gaussian.js";
import { median } from "../filters/median.js";
import { threshold } from "../segment/threshold.js";

/** A function of the library that makes a volume of a volume; its last argument is an object of options. */
export type StepFunction = (volume: Volume, ...rest: never[]) => Promise<Volume>;

export const STEPS: Readonly<Record<string, StepFunction>> = { crop, gaussian, median, threshold };
