/** Widgets by their id: in messages a widget is the text `IPY_MODEL_<id>`. */

const PREFIX = "IPY_MODEL_";

/** What a reference leads to. */
export interface Referable {
  readonly id: string;
}

/** Open widgets, in the order in which they came; a page that is loaded anew is told of all of them. */
const open = new Map<string, Referable>();
/** All widgets, with their number in the order in which they were made. */
const numbers = new WeakMap<object, number>();
let made = 0;

export function enrol(widget: Referable): void {
  open.set(widget.id, widget);
}

export function withdraw(widget: Referable): void {
  open.delete(widget.id);
}

/** Makes an object known as a widget, for {@link isWidget}. */
export function mark(widget: Referable): void {
  numbers.set(widget, ++made);
}

/** How many widgets have been made, for {@link madeAfter}. */
export const widgetsMade = (): number => made;

/** Whether a widget was made when there were already so many. */
export const madeAfter = (widget: Referable, count: number): boolean => numbers.get(widget)! > count;

export const isWidget = (value: unknown): value is Referable =>
  typeof value === "object" && value !== null && numbers.has(value);

export const openWidgets = (): Iterable<Referable> => open.values();

export const referenceTo = (widget: Referable): string => PREFIX + widget.id;

/** The open widget that a text refers to; undefined if it is none. */
export const referredTo = (text: unknown): Referable | undefined =>
  typeof text === "string" && text.startsWith(PREFIX) ? open.get(text.slice(PREFIX.length)) : undefined;
