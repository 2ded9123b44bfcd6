/** Labels that a page paints on: edits one after the other, each kept in a file, each to be undone. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { buildVolume } from "../../../src/compute/build.js";
import { DTYPES } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber } from "../../../src/core/options.js";
import { type Provenance, type Traced, trace } from "../../../src/core/provenance.js";
import { AXES, checkRegion, type Region } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { decodeRuns, type Runs } from "../../draw/runs.js";
import type { Edit, Limits } from "../../protocol.js";
import { volumeKey } from "../volume-key.js";
import { Editing, type Labelled, type Undo } from "./changes.js";
import { filled, grown, interpolated } from "./found-voxels.js";
import { Journal, type Line } from "./journal.js";

/** Where edits are kept whose file nobody named: beside the notebook, by what the labels are. */
const FOLDER = ".voxbook/edits";

/** The file of the edits of these labels. */
export const journalOf = (labels: Volume): string => join(FOLDER, `${volumeKey(labels)}.jsonl`);

function checkLimits({ grey, only, region }: Limits, { now }: Editing): void {
  if (grey !== undefined && !(grey.length === 2 && grey[0] <= grey[1]))
    throw new InvalidArgument(`limits: grey is ${JSON.stringify(grey)}; give [low, high]`);
  if (only !== undefined) checkNumber("limits: only", only, 0, DTYPES[now.dtype].max, true);
  if (region !== undefined) checkRegion(region, now.shape);
}

export class LabelEditor {
  readonly #editing: Editing;
  readonly #base: Volume;
  readonly #journal: Journal;
  /** Every edit that was done, with how it is undone; undefined: it has changed nothing. */
  readonly #done: { edit: Edit; undo: Undo | undefined }[] = [];
  readonly #listeners = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(base: Volume, grey: Volume, journal: Journal) {
    this.#base = base;
    this.#editing = new Editing(base, grey);
    this.#journal = journal;
  }

  /** @param path of the file of edits: what stands in it is done again */
  static async open(base: Volume, grey: Volume, path: string): Promise<LabelEditor> {
    const editor = new LabelEditor(base, grey, new Journal(path));
    for (const line of editor.#journal.read())
      if (line.tool === "undo") await editor.#undo();
      else await editor.#do(line);
    return editor;
  }

  /** The labels as they are now: for views alone, for it changes. */
  get now(): Volume {
    return this.#editing.now;
  }

  /** The edits that hold, the oldest first. */
  get edits(): Edit[] {
    return this.#done.map(({ edit }) => edit);
  }

  get path(): string {
    return this.#journal.path;
  }

  /** Calls `listener` after each change of the labels. @returns a function that ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is labelled now, and the provenance of the labels as {@link labels} would give them. */
  labelled(): Promise<Labelled & Traced> {
    return this.#inTurn(async () => ({ ...(await this.#editing.labelled()), provenance: this.#provenance() }));
  }

  /** Does an edit and keeps it. @returns the box in which labels have changed, if any have */
  do(edit: Edit): Promise<Region | undefined> {
    return this.#inTurn(async () => {
      const box = await this.#do(edit);
      await this.#keep(edit, () => this.#undo());
      this.#tell();
      return box;
    });
  }

  /** Takes the last edit back. @returns the box in which labels have changed, if any have */
  undo(): Promise<Region | undefined> {
    return this.#inTurn(async () => {
      if (this.#done.length === 0) return undefined;
      const { edit } = this.#done.at(-1)!;
      const box = await this.#undo();
      await this.#keep({ tool: "undo" }, () => this.#do(edit));
      this.#tell();
      return box;
    });
  }

  /** The labels as they are now, as a volume of their own; its provenance has the checksum of the edits, and their number. */
  labels(): Promise<Volume> {
    return this.#inTurn(() => {
      const { shape, dtype, role, spacing, origin, direction, phases } = this.#base;
      const provenance = this.#provenance();
      return buildVolume({ shape, dtype, role, spacing, origin, direction, phases, provenance }, async (writer) => {
        const { grid } = this.now;
        for (let z = 0; z < shape[0]; z += grid.brick[0]) {
          const stop = Math.min(shape[0], z + grid.brick[0]);
          await writer.writePlanes(z, await this.now.read({ start: [z, 0, 0], stop: [stop, shape[1], shape[2]] }));
        }
      });
    });
  }

  #provenance(): Provenance {
    const lines = this.edits.map((edit) => JSON.stringify(edit)).join("\n");
    const sha256 = createHash("sha256").update(lines).digest("hex");
    return trace("edited", { edits: this.#done.length }, { volume: this.#base }, sha256);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Writes what was done to the file; what cannot be kept is taken back. */
  async #keep(line: Line, back: () => Promise<unknown>): Promise<void> {
    try {
      this.#journal.append(line);
    } catch (error) {
      await back();
      throw error;
    }
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #do(edit: Edit): Promise<Region | undefined> {
    const { label, limits } = edit;
    checkNumber("label", label, 0, DTYPES[this.now.dtype].max, true);
    checkLimits(limits, this.#editing);
    const undo = await this.#editing.set(await this.#runsOf(edit), label, limits);
    this.#done.push({ edit, undo });
    return undo?.box;
  }

  async #undo(): Promise<Region | undefined> {
    const undo = this.#done.pop()?.undo;
    if (undo !== undefined) await this.#editing.undo(undo);
    return undo?.box;
  }

  async #runsOf(edit: Edit): Promise<Runs> {
    const { shape } = this.now;
    if (edit.tool === "stroke") return decodeRuns(Buffer.from(edit.runs, "base64"), shape);
    for (const [k, n] of edit.at.entries()) checkNumber(`at[${k}]`, n, 0, shape[k]! - 1, true);
    if (edit.tool === "grow") return grown(this.#editing, edit.at, edit.limits);
    if (!Object.hasOwn(AXES, edit.axis)) throw new InvalidArgument(`axis ${String(edit.axis)}; allowed are z, y, x`);
    if (edit.tool === "fill") return filled(this.#editing, edit.axis, edit.at, edit.limits);
    if (edit.tool === "interpolate") return interpolated(this.#editing, edit.axis, edit.at, edit.label);
    throw new InvalidArgument(`an edit by ${String((edit as Edit).tool)}; allowed are stroke, fill, grow, interpolate`);
  }
}
