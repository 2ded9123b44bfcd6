// @vitest-environment happy-dom
/**
 * Kernel and page change the same state at the same time: whatever the order in which their messages arrive, both end
 * with the same. The page's half is the real one, `WidgetModel` of @jupyter-widgets/base, with its throttle and its echoes.
 */
import { type ISerializers, WidgetModel } from "@jupyter-widgets/base";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { of, type Values } from "#widgets/model/core/attributes.js";
import { anything, bytes, int, type Kind, list, text } from "#widgets/model/core/kinds.js";
import { spec } from "#widgets/model/core/spec.js";
import { Widget } from "#widgets/model/core/widget.js";
import { FakePage } from "../support/page.js";

const HERE = { module: "test", version: "1.0.0" };
const lowerCase: Kind<string> = {
  allowed: "lower case",
  take: (given) => (/^[a-z]*$/.test(String(given)) ? text.take(given) : undefined),
};

const PROBE = spec("Probe", HERE, "ProbeModel", HERE, null, {
  // Corrected: brought to 0 … 9, put in order.
  number: of(int, 0),
  tags: of(list(int), []),
  // Refused unless it is lower case.
  word: of(lowerCase, "a"),
  // Follows from the number.
  twice: of(int, 0, { page: false }),
  blob: of(bytes, new Uint8Array()),
  nested: of(anything, {}),
});

class Probe extends Widget {
  constructor() {
    super(PROBE, {});
  }

  override change(changes: Values): void {
    super.change(changes);
  }

  protected override settle(next: Values): void {
    next.number = Math.min(9, Math.max(0, next.number as number));
    next.tags = [...(next.tags as number[])].sort((a, b) => a - b);
    next.twice = 2 * (next.number as number);
  }
}

class ProbeModel extends WidgetModel {
  // As in FileUploadModel: the default one would turn bytes into text.
  static override serializers: ISerializers = {
    blob: { serialize: <T>(value: T): T => value },
    nested: { serialize: <T>(value: T): T => value },
  };
}

interface ToPage {
  readonly parent: string;
  /** undefined: the idle that follows a message of the page. */
  readonly data?: Record<string, Json>;
  readonly buffers?: Uint8Array[];
}
interface ToKernel {
  readonly id: string;
  readonly data: Record<string, Json>;
  readonly buffers: Uint8Array[];
}
type Callbacks = { iopub?: { status?: (message: unknown) => void } };

/** One page on the comm: its model, and what is on its way to it. */
class PageHalf {
  readonly arriving: ToPage[] = [];
  readonly #callbacks = new Map<string, Callbacks>();
  readonly model: WidgetModel;
  #count = 0;

  constructor(
    readonly name: string,
    state: Record<string, unknown>,
    private readonly send: (message: ToKernel) => void,
  ) {
    const comm = {
      ...{ comm_id: "probe", target_name: "jupyter.widget" },
      on_close() {},
      on_msg() {},
      open: () => "",
      close: () => "",
      send: (data: object, callbacks: Callbacks = {}, _metadata: unknown = {}, buffers: ArrayBuffer[] = []): string => {
        const id = `${this.name}${++this.#count}`;
        this.#callbacks.set(id, callbacks);
        const copies = buffers.map((buffer) => new Uint8Array(buffer.slice(0)));
        this.send({ id, data: JSON.parse(JSON.stringify(data)), buffers: copies });
        return id;
      },
    };
    const manager = { callbacks: () => ({}) };
    this.model = new ProbeModel(state as never, { model_id: "probe", comm, widget_manager: manager } as never);
  }

  /** Delivers the next message. @returns a promise of its end, as the page's own dispatcher awaits it */
  take(): unknown {
    const { parent, data, buffers = [] } = this.arriving.shift()!;
    if (data === undefined) {
      this.#callbacks.get(parent)?.iopub?.status?.({ content: { execution_state: "idle" } });
      this.#callbacks.delete(parent);
      return undefined;
    }
    const message = {
      parent_header: { msg_id: parent },
      content: { comm_id: "probe", data: structuredClone(data) },
      buffers: buffers.map((buffer) => new DataView(buffer.slice().buffer)),
    };
    return (this.model as unknown as { _handle_comm_msg(message: unknown): Promise<void> })._handle_comm_msg(message);
  }
}

/** Both halves, and the messages between them: in order in each direction, with any delay. */
class Link {
  readonly page = new FakePage().attach();
  readonly probe = new Probe();
  readonly #opened = this.page.of(this.probe);
  readonly halves: PageHalf[];
  readonly toKernel: ToKernel[] = [];
  #parent = "cell";

  constructor(pages: number) {
    const { state } = this.#opened;
    const begin = (): Record<string, unknown> => ({
      ...structuredClone(state),
      blob: new DataView(new ArrayBuffer(0)),
      nested: {},
    });
    this.halves = Array.from({ length: pages }, (_, k) => {
      return new PageHalf(`page${k}-`, begin(), (message) => this.toKernel.push(message));
    });
    this.page.onSent = (_kind, id, { data, buffers }) => {
      if (id !== this.probe.id) return;
      for (const { arriving } of this.halves) arriving.push({ parent: this.#parent, data, buffers });
    };
  }

  kernelTakes(): void {
    const message = this.toKernel.shift();
    if (message === undefined) return;
    this.#parent = message.id;
    this.#opened.say(message.data, message.buffers);
    this.#parent = "cell";
    for (const { arriving } of this.halves) arriving.push({ parent: message.id });
  }

  async rest(): Promise<void> {
    do {
      while (this.toKernel.length > 0) this.kernelTakes();
      for (const half of this.halves) while (half.arriving.length > 0) await half.take();
      for (const { model } of this.halves) await model.state_change;
    } while (this.toKernel.length + this.halves.reduce((sum, { arriving }) => sum + arriving.length, 0) > 0);
  }
}

const changes = fc.record(
  {
    number: fc.integer({ min: -5, max: 15 }),
    tags: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    word: fc.constantFrom("a", "b", "cd", "BAD", "Ef"),
    blob: fc.uint8Array({ maxLength: 3 }),
    nested: fc.record({
      data: fc.uint8Array({ maxLength: 2 }),
      list: fc.tuple(fc.uint8Array({ maxLength: 1 }), fc.nat(2)),
    }),
  },
  { requiredKeys: [] },
);
type Changes = Partial<Record<string, unknown>>;

const half = fc.nat(1);
const step = fc.oneof(
  fc.record({ kind: fc.constant("kernel sets" as const), changes }),
  fc.record({ kind: fc.constant("kernel holds" as const), changes, next: changes }),
  fc.record({ kind: fc.constant("page sets" as const), half, changes, save: fc.boolean() }),
  fc.record({ kind: fc.constant("page asks" as const), half }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("kernel takes" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("page takes" as const), half, wait: fc.boolean() }) },
  fc.record({ kind: fc.constant("microtasks" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What a page may hold for bytes: an ArrayBuffer, as the file chooser gives it. */
const asPage = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return value.slice().buffer;
  if (Array.isArray(value)) return value.map(asPage);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asPage(part)]));
};

/** Values of both sides in one form. */
function plain(value: unknown): unknown {
  if (value instanceof DataView || value instanceof Uint8Array)
    return { bytes: [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] };
  if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

function kernelSets(probe: Probe, values: Changes): void {
  // The kernel's own code is told of its errors.
  try {
    probe.change(values as Values);
  } catch (error) {
    if ((error as { code?: string }).code !== "InvalidArgument") throw error;
  }
}

async function play(link: Link, one: Step): Promise<void> {
  const at = (k: number): PageHalf => link.halves[k % link.halves.length]!;
  switch (one.kind) {
    case "kernel sets":
      return kernelSets(link.probe, one.changes);
    case "kernel holds":
      return link.probe.hold(() => {
        kernelSets(link.probe, one.changes);
        kernelSets(link.probe, one.next);
      });
    case "page sets": {
      const { model } = at(one.half);
      for (const [name, value] of Object.entries(one.changes)) model.set(name, asPage(value));
      if (one.save) model.save_changes();
      return;
    }
    case "page asks":
      link.toKernel.push({ id: "ask", data: { method: "request_state" }, buffers: [] });
      return;
    case "kernel takes":
      return link.kernelTakes();
    case "page takes": {
      if (at(one.half).arriving.length === 0) return;
      const ended = at(one.half).take();
      if (one.wait) await ended;
      return;
    }
    case "microtasks":
      await Promise.resolve();
  }
}

async function endsEqual(pages: number, steps: readonly Step[]): Promise<void> {
  const link = new Link(pages);
  for (const one of steps) await play(link, one);
  for (const { model } of link.halves) model.save_changes();
  await link.rest();
  const kernel = plain(link.probe.wireState()) as Record<string, unknown>;
  for (const { model } of link.halves)
    for (const name of Object.keys(PROBE.attributes)) expect(plain(model.get(name)), name).toEqual(kernel[name]);
  // Nothing that could set off a new round is left: the page has no unsaved change, the kernel no held one.
  const sent = link.page.of(link.probe).sent.length;
  for (const { model } of link.halves) model.save_changes();
  await link.rest();
  for (const { data } of link.page.of(link.probe).sent.slice(sent))
    expect(data).toMatchObject({ method: "echo_update", state: {} });
  link.probe.close();
}

afterAll(() => new FakePage().detach());

test("10,000 interleavings of changes in the kernel and in one page end in equal state", async () => {
  const steps = fc.array(step, { maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(steps, (all) => endsEqual(1, all)),
    { numRuns: 10_000, seed: 20260930 },
  );
}, 600_000);

test("1,000 interleavings of changes in the kernel and in two pages end in equal state", async () => {
  const steps = fc.array(step, { maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(steps, (all) => endsEqual(2, all)),
    { numRuns: 1000, seed: 3111 },
  );
}, 600_000);
