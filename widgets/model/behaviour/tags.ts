/** Lists of tags: texts, colours or numbers. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { DescriptionWidget } from "../controls/dom.js";
import type { Values } from "../core/attributes.js";
import { checkBounds } from "./bounds.js";

/** Tags, of which only some may be allowed, and each perhaps only once. */
export abstract class Tags extends DescriptionWidget {
  protected override settle(next: Values): void {
    const tags = next.value as readonly unknown[];
    const allowed = next.allowed_tags as readonly unknown[];
    const { min = null, max = null } = next as { min?: number | null; max?: number | null };
    checkBounds({ min, max });
    const refuse = (tag: unknown, why: string): never => {
      throw new InvalidArgument(`${this.constructor.name}: the tag ${JSON.stringify(tag)} ${why}`);
    };
    for (const [k, tag] of tags.entries()) {
      if (tag === "") refuse(tag, "has no text");
      if (allowed.length > 0 && !allowed.includes(tag)) refuse(tag, `is none of those allowed: ${allowed.join(", ")}`);
      if (next.allow_duplicates === false && tags.indexOf(tag) < k) refuse(tag, "is there twice");
      if (min !== null && (tag as number) < min) refuse(tag, `is below min, which is ${min}`);
      if (max !== null && (tag as number) > max) refuse(tag, `is above max, which is ${max}`);
    }
  }
}
