/** Types of what a widget is given and what it tells, made from the attributes of its class. */
import type { Widget } from "./widget.js";

type Method = (...given: never[]) => unknown;

/** What may be given for an attribute: for a widget that belongs to another one, a plain object of its options, too. */
type Given<Value> = Value extends Widget ? Value | Options<Value> : Value;

/** Attributes of a widget, each of which may be given when it is made. */
export type Options<W> = {
  [Name in keyof W as Name extends "id" | "closed" | "live" | symbol
    ? never
    : W[Name] extends Method
      ? never
      : Name]?: Given<W[Name]>;
};

/** What `observe` of a widget tells of. */
export type Change<W, Name extends keyof W = keyof W> = Name extends keyof W
  ? { readonly owner: W; readonly name: Name; readonly old: W[Name]; readonly new: W[Name] }
  : never;
