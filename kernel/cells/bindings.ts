/**
 * The names that the cells of a notebook share. Each is one small object whose property `now` is its value, and every cell
 * that says the name reads and writes that property. So there is one value for a name, however often it is declared anew:
 * functions of earlier cells, too, see the newest one.
 *
 * One object a name, each with a prototype of its own, is what the engine is fastest with: a number that changes is kept
 * in place, without a new allocation a write, and no count of names turns the object into a slow dictionary.
 */

export interface Binding {
  /** The value; reading it throws a ReferenceError while nothing has declared the name. */
  now: unknown;
  /** The value, or undefined: what `typeof name` needs. */
  readonly maybe: unknown;
}

const lacks = (name: string): never => {
  throw new ReferenceError(`${name} is not defined`);
};

function create(name: string): Binding {
  const binding: Binding = Object.create({
    __proto__: null,
    // Names that no cell has declared (yet) may be globals that a cell has made.
    get now(): unknown {
      return name in globalThis ? (globalThis as Record<string, unknown>)[name] : lacks(name);
    },
    set now(value: unknown) {
      if (!(name in globalThis)) lacks(name);
      (globalThis as Record<string, unknown>)[name] = value;
    },
    get maybe(): unknown {
      if (isDeclared(binding)) return binding.now;
      return (globalThis as Record<string, unknown>)[name];
    },
    // The engine names it when a constant is assigned to; see asTyped in error-text.ts.
    [Symbol.toStringTag]: name,
  }) as Binding;
  return binding;
}

const isDeclared = (binding: Binding): boolean => Object.hasOwn(binding, "now");

export class Bindings {
  private readonly all = new Map<string, Binding>();
  /** The names as properties of one object, for code given as text. */
  readonly scope: object = new Proxy(Object.create(null) as object, {
    has: (_, name) => typeof name === "string" && this.has(name),
    get: (_, name) => (typeof name === "string" ? this.of(name).now : undefined),
    set: (_, name, value) => {
      this.of(String(name)).now = value;
      return true;
    },
  });

  of(name: string): Binding {
    let binding = this.all.get(name);
    if (binding === undefined) {
      binding = create(name);
      this.all.set(name, binding);
    }
    return binding;
  }

  /** All names that cells have declared. */
  *names(): Generator<string> {
    for (const [name, binding] of this.all) if (isDeclared(binding)) yield name;
  }

  /** Whether a cell has declared the name. */
  has(name: string): boolean {
    const binding = this.all.get(name);
    return binding !== undefined && isDeclared(binding);
  }

  /** A declaration has run: the name has this value from now on, for all cells. */
  declare(binding: Binding, value: unknown, constant = false): void {
    Object.defineProperty(binding, "now", { value, writable: !constant, enumerable: true, configurable: true });
  }

  /** What `var` does before its cell runs: the name is there, and keeps the value that it has. */
  hoist(binding: Binding): void {
    this.declare(binding, isDeclared(binding) ? binding.now : undefined);
  }

  /** An import: the name reads what the module exports at that moment, as the language has it. */
  link(binding: Binding, read: () => unknown): void {
    Object.defineProperty(binding, "now", { get: read, enumerable: true, configurable: true });
  }
}
