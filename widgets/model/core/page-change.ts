/** What follows from a change that a page has sent. */
import type { Attributes, Changed } from "./attributes.js";
import type { Wire, WireObject } from "./buffers.js";
import { same } from "./same.js";
import { identity, type ModelSpec } from "./spec.js";

export interface PageChange {
  /** What has changed here. */
  readonly done: readonly Changed[];
  /**
   * What all pages are told as it came, whether it was taken or not: a page ignores what others did to an attribute until
   * it hears the echo of its own change.
   */
  readonly echo: Record<string, Wire>;
  /** What the page is told afterwards: what was refused or corrected, and what had to follow. */
  readonly right: Record<string, Wire>;
}

/** Takes a page's state into the attributes. Names that the page cannot know of us are passed over. */
export function takePageChange(spec: ModelSpec, attributes: Attributes, sent: WireObject): PageChange {
  const fixed = identity(spec);
  const done = attributes.receive(sent);
  const echo: Record<string, Wire> = {};
  const right: Record<string, Wire> = {};
  for (const [name, wire] of Object.entries(sent)) {
    const attribute = attributes.has(name) ? spec.attributes[name]! : undefined;
    if (!attribute?.travels && !Object.hasOwn(fixed, name)) continue;
    if (attribute?.echo !== false) echo[name] = wire;
    // Compared with what the page has, not with what was here: a value that is refused twice has to be set right twice.
    const ours = attribute === undefined ? fixed[name]! : attributes.encode([name])[name]!;
    if (!same(ours, wire)) right[name] = ours;
  }
  for (const { name } of done) if (!Object.hasOwn(sent, name)) Object.assign(right, attributes.encode([name]));
  return { done, echo, right };
}
