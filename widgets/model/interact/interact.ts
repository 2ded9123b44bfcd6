/** Functions whose arguments are set by controls. */

import { displaySymbol } from "../../../src/core/display.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../../src/core/options.js";
import { VBox } from "../controls/boxes.js";
import { Output } from "../controls/output.js";
import { Button } from "../controls/switches.js";
import { runningKernel } from "../core/kernel.js";
import { printed } from "../core/printed.js";
import { madeAfter, widgetsMade } from "../core/references.js";
import { Widget } from "../core/widget.js";
import { View } from "../view.js";
import { type Abbreviation, type Abbreviations, controlFor, type ValuesOf, type ValueWidget } from "./abbreviations.js";
import { LatestWins, type Pace } from "./latest-wins.js";

/** Options of {@link interact}. */
export interface InteractOptions extends Pace {
  /** Whether the function runs only when a button is pressed; text: the button's. Default false. */
  readonly manual?: boolean | string;
}

type Call<C, Result> = (values: ValuesOf<C>, signal: AbortSignal) => Result;

/** Controls, and below them what a function makes of their values; made by {@link interactive}. */
export class Interactive<C extends Abbreviations = Abbreviations, Result = unknown> extends VBox {
  /** The controls by name. */
  readonly controls: Readonly<Record<keyof C & string, ValueWidget>>;
  /** Where the result is shown. */
  readonly output: Output;
  /** What the function returned last. Default undefined. */
  result: Awaited<Result> | undefined;
  /** The widget that is shown as the result, if the function made it. */
  #shown: { close(): void } | undefined;
  readonly #made: readonly { close(): void }[];
  readonly #runs: LatestWins;
  readonly #ends: readonly (() => void)[];

  /** @internal */
  constructor(call: Call<C, Result>, given: C, { manual = false, ...pace }: InteractOptions) {
    const controls = Object.entries(given).map(([name, one]) => [name, controlFor(name, one)] as const);
    const output = new Output();
    const button = manual === false ? undefined : new Button({ description: manual === true ? "Run" : manual });
    super({ children: [...controls.map(([, control]) => control), ...(button ? [button] : []), output] });
    this.addClass("widget-interact");
    this.controls = Object.fromEntries(controls) as typeof this.controls;
    this.output = output;
    const own = controls.filter(([name, control]) => (given[name] as Abbreviation) !== control);
    this.#made = [...own.map(([, control]) => control), ...(button ? [button] : []), output];
    this.#runs = new LatestWins((signal) => this.#run(call, signal), pace);
    const request = (): void => this.#runs.request();
    this.#ends =
      button === undefined
        ? controls.map(([, control]) => control.observe("value", request))
        : [button.onClick(request)];
  }

  /** The values of the controls by name. */
  get values(): ValuesOf<C> {
    return Object.fromEntries(
      Object.entries<ValueWidget>(this.controls).map(([name, control]) => [name, control.value]),
    ) as ValuesOf<C>;
  }

  /** Runs the function with the values of the moment. */
  update(): void {
    this.#runs.start();
  }

  /** Waits until no run is under way or to come: the result of the last values is then shown. */
  settled(): Promise<void> {
    return this.#runs.settled();
  }

  /** Ends it, with the controls that were made for it; a run that is under way is told by its signal. */
  override close(): void {
    for (const end of this.#ends) end();
    this.#runs.stop();
    super.close();
    for (const widget of this.#made) widget.close();
    this.#shown?.close();
  }

  override toString(): string {
    const values = Object.entries(this.values).map(([name, value]) => `${name}: ${printed(value)}`);
    return `interactive(${values.join(", ")})`;
  }

  async #run(call: Call<C, Result>, signal: AbortSignal): Promise<void> {
    const { values } = this;
    const before = widgetsMade();
    let shown = this.#shown;
    await this.output.replace(async () => {
      try {
        const result = await call(values, signal);
        this.result = result;
        if ((result as unknown) !== shown) shown = closable(result, before);
        return result;
      } catch (error) {
        // That it was overtaken is no error.
        if (signal.aborted && (error === signal.reason || (error as Error)?.name === "AbortError")) return undefined;
        throw error;
      }
    }, signal);
    // A view holds its volume: two hundred of them, one for each place of a slider, would hold as many.
    if (shown !== this.#shown) this.#shown?.close();
    this.#shown = shown;
  }
}

/** A result as something to close when it is replaced: a widget or view that was made since there were `before` widgets. */
function closable(result: unknown, before: number): { close(): void } | undefined {
  const widget = result instanceof View ? result.widget : result;
  return widget instanceof Widget && madeAfter(widget, before) ? (result as Widget | View<object>) : undefined;
}

function checked(caller: string, call: unknown, controls: unknown, options: InteractOptions): void {
  if (typeof call !== "function") throw new InvalidArgument(`${caller} takes a function first, then its controls`);
  if (typeof controls !== "object" || controls === null || Object.keys(controls).length === 0)
    throw new InvalidArgument(`${caller}: give controls by name, such as { sigma: [0, 10, 0.5] }`);
  checkOptions(caller, options, ["throttle", "debounce", "manual"]);
  const { throttle = 0, debounce = 0, manual = false } = options;
  checkNumber("throttle", throttle, 0, 3_600_000);
  checkNumber("debounce", debounce, 0, 3_600_000);
  if (typeof manual !== "boolean" && typeof manual !== "string")
    throw new InvalidArgument("manual is true, false or the text of the button");
}

/**
 * Makes controls for the arguments of a function, and below them a place for what it returns, prints and throws. The same
 * as {@link interact}, but it is only shown where you show it: as the last value of a cell, or inside another widget.
 * @returns a widget; `.values`, `.result`, `.update()`, and `await view.settled()`
 */
export function interactive<const C extends Abbreviations, Result>(
  call: (values: ValuesOf<C>, signal: AbortSignal) => Result,
  controls: C,
  options: InteractOptions = {},
): Interactive<C, Result> {
  checked("interactive", call, controls, options);
  const made = new Interactive<C, Result>(call, controls, options);
  if (options.manual === undefined || options.manual === false) made.update();
  return made;
}

/**
 * Shows controls for the arguments of a function, and below them what it returns, prints and throws for their values; it
 * runs again when they change.
 *
 *   interact(
 *     async ({ sigma, kind }, signal) => slices(await smooth(scan, { sigma, kind, signal })),
 *     { sigma: [0, 10, 0.5], kind: ["ball", "box"] },
 *   );
 *
 * A control is `[min, max]` or `[min, max, step]` (a slider), a list of texts or of `[label, value]` pairs (a choice),
 * `true` or `false` (a checkbox), text, a number, or a widget with a value. The function gets their values by name, and a
 * signal that is aborted when newer values have come. It never runs twice at once: values that come while it runs wait,
 * of them only the last are drawn. A widget that it made and returned is closed when another result takes its place.
 * @param options `throttle` and `debounce` in milliseconds; `manual`: only when a button is pressed
 * @throws InvalidArgument if a control or an option is none
 */
export function interact<const C extends Abbreviations, Result>(
  call: (values: ValuesOf<C>, signal: AbortSignal) => Result,
  controls: C,
  options: InteractOptions = {},
): void {
  checked("interact", call, controls, options);
  const made = new Interactive<C, Result>(call, controls, options);
  runningKernel()?.display(made[displaySymbol]());
  if (options.manual === undefined || options.manual === false) made.update();
}
