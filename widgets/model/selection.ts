/** What is selected of the labels in a volume, and what of them is kept under names. Pages select, cells do, undo does. */
import type { Json } from "../../kernel/comm.js";
import { InvalidArgument } from "../../src/core/errors.js";
import type { Volume } from "../../src/core/volume.js";
import { decodeLabels, encodeLabels, litBy } from "../draw/label-set.js";
import type { Lit, Reply } from "../protocol.js";
import type { OwnWidget } from "./own-widget.js";
import { volumeKey } from "./volume-key.js";

/** Names and groups that a view shows, at most. */
const LONGEST_NAME = 40;
const MOST_GROUPS = 32;

/** What a labelling is called in messages and actions. */
export const labellingOf = (labels: Volume): string => volumeKey(labels, 12);

/** Labels as they stand in actions and in code. @param labels ascending, each once; none: null */
export const litText = (of: string | null, labels: ArrayLike<number>): Lit | null =>
  labels.length === 0 ? null : { of, labels: Buffer.from(encodeLabels(labels)).toString("base64") };

/** The labels of what an action says, which may come from a file. @throws InvalidArgument if they are none */
export function labelsOfLit(lit: Lit | null): Int32Array {
  if (lit === null) return new Int32Array(0);
  const { of, labels } = Object(lit) as Partial<Lit>;
  if (typeof labels !== "string" || !(of === null || typeof of === "string"))
    throw new InvalidArgument(
      `a selection is ${JSON.stringify(lit).slice(0, 80)}; give { of, labels } as an action has it`,
    );
  return decodeLabels(Buffer.from(labels, "base64"));
}

/** Throws unless something can be kept under this name. */
export function checkGroupName(name: unknown): string {
  if (typeof name !== "string" || name.trim() === "" || name.length > LONGEST_NAME)
    throw new InvalidArgument(
      `the name of a group is ${JSON.stringify(name)?.slice(0, 80)}; give a text of 1 to ${LONGEST_NAME} characters`,
    );
  return name;
}

export class Selection {
  readonly #widgets: () => readonly OwnWidget<object>[];
  #now: Lit | null = null;
  readonly #groups = new Map<string, Lit>();

  /** @param widgets through which pages are told */
  constructor(widgets: () => readonly OwnWidget<object>[]) {
    this.#widgets = widgets;
  }

  get now(): Lit | null {
    return this.#now;
  }

  /** What is kept under names, the oldest first. */
  get groups(): ReadonlyMap<string, Lit> {
    return this.#groups;
  }

  /** Labels of a labelling that are selected, ascending. */
  labelsOf(labelling: string): Int32Array {
    const { of = null } = this.#now ?? {};
    return labelsOfLit(of === null || of === labelling ? this.#now : null);
  }

  /** What is lit of a labelling; undefined: nothing is selected, or of another one. */
  litOf(labelling: string | null): Uint8Array | undefined {
    const now = this.#now;
    return now === null || (now.of !== null && now.of !== labelling) ? undefined : litBy(labelsOfLit(now));
  }

  /** Selects; all pages follow. @throws InvalidArgument if these are no labels */
  set(lit: Lit | null): void {
    this.#now = litText(lit?.of ?? null, labelsOfLit(lit));
    for (const widget of this.#widgets()) this.tell(widget, true);
  }

  /** Takes what a page has selected. @throws InvalidArgument if these are no labels */
  take(of: Json | undefined, bytes: Uint8Array = new Uint8Array(0)): Lit | null {
    if (!(of === null || of === undefined || (typeof of === "string" && of.length <= 64)))
      throw new InvalidArgument("a selection names its labelling by a short text or by null");
    this.#now = litText(of ?? null, decodeLabels(bytes));
    return this.#now;
  }

  /** Keeps labels under a name, or nothing any more. @throws InvalidArgument if there are too many groups */
  setGroup(name: string, lit: Lit | null): void {
    checkGroupName(name);
    if (lit === null) this.#groups.delete(name);
    else {
      if (!this.#groups.has(name) && this.#groups.size >= MOST_GROUPS)
        throw new InvalidArgument(`${MOST_GROUPS} groups are kept already; forget one of them`);
      this.#groups.set(name, litText(lit.of, labelsOfLit(lit)) ?? lit);
    }
    for (const widget of this.#widgets()) widget.send({ kind: "groups", id: 0, groups: this.groupFacts() });
  }

  /** Names of the groups with their numbers of labels. */
  groupFacts(): { name: string; count: number }[] {
    return [...this.#groups].map(([name, lit]) => ({ name, count: labelsOfLit(lit).length }));
  }

  /** Tells a page what is selected. @param always also where nothing is */
  tell(widget: OwnWidget<object>, always = false): void {
    if (this.#now === null && !always) return;
    const reply: Reply = { kind: "selected", id: 0, of: this.#now?.of ?? null };
    const buffers = this.#now === null ? [] : [encodeLabels(labelsOfLit(this.#now))];
    widget.send(reply as unknown as Record<string, Json>, buffers);
  }
}
