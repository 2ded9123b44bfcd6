/** What the I/O thread answers by itself, without a socket. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { History } from "#kernel/io/history.js";
import { Reception } from "#kernel/io/reception.js";
import { type Message, newMessage } from "#kernel/io/wire.js";
import type { LanguageClient } from "#kernel/language/client.js";

let sent: { channel: string; message: Message }[];
let forwarded: string[];
let calls: string[];
let history: History;
let reception: Reception;

const language = {
  complete: async (source: string, position: number) => ({
    matches: ["double"],
    start: position - 4,
    end: position,
    types: [{ text: "double", type: "function" }],
    source,
  }),
  inspect: async () => undefined,
  completeness: async () => ({ status: "incomplete", indent: "  " }),
} as unknown as LanguageClient;

beforeEach(() => {
  sent = [];
  forwarded = [];
  calls = [];
  history = new History();
  reception = new Reception({
    session: "s",
    history,
    send: (channel, message) => void sent.push({ channel, message }),
    forward: (_channel, message) => void forwarded.push(message.header.msg_type),
    language: async () => language,
    interrupt: () => void calls.push("interrupt"),
    stop: () => void calls.push("stop"),
    shutdown: () => void calls.push("shutdown"),
    log: (line) => void calls.push(line),
  });
});

const request = (type: string, content: Record<string, Json> = {}): Message => ({
  ...newMessage(type, content, "client"),
  identities: [Uint8Array.of(7)],
});
const types = () => sent.map(({ channel, message }) => `${channel} ${message.header.msg_type}`);
const reply = () => sent.find(({ channel }) => channel !== "iopub")!.message;

describe("the I/O thread", () => {
  test.each(["kernel_info_request", "comm_info_request", "history_request", "interrupt_request"])(
    "answers %s by itself, between busy and idle, on the channel it came by",
    (type) => {
      const asked = request(type);
      reception.received("control", asked);
      expect(types()).toEqual(["iopub status", `control ${type.replace("request", "reply")}`, "iopub status"]);
      expect(sent.map(({ message }) => message.content.execution_state)).toEqual(["busy", undefined, "idle"]);
      for (const { message } of sent) expect(message.parent_header).toEqual(asked.header);
      expect(reply().identities).toEqual(asked.identities);
      expect(reply().content.status).toBe("ok");
      expect(forwarded).toEqual([]);
    },
  );

  test("hands to the main thread what needs the reader's code", () => {
    for (const type of ["execute_request", "input_reply", "comm_open", "comm_msg", "comm_close", "shutdown_request"])
      reception.received("shell", request(type, { comm_id: "c" }));
    expect(forwarded.length).toBe(6);
    expect(sent).toEqual([]);
    expect(calls).toEqual(["shutdown"]);
  });

  test("counts a cursor in code points on both ways", async () => {
    const source = "'😀'; doub";
    reception.received("shell", request("complete_request", { code: source, cursor_pos: [...source].length }));
    await expect.poll(() => sent.length).toBe(3);
    expect(reply().content).toMatchObject({ matches: ["double"], cursor_start: 5, cursor_end: 9 });
  });

  test("says that nothing is known of what stands at a cursor, and whether a cell is whole", async () => {
    reception.received("shell", request("inspect_request", { code: "x", cursor_pos: 1 }));
    await expect.poll(() => sent.length).toBe(3);
    expect(reply().content).toEqual({ status: "ok", found: false, data: {}, metadata: {} });
    sent = [];
    reception.received("shell", request("is_complete_request", { code: "f(" }));
    await expect.poll(() => sent.length).toBe(3);
    expect(reply().content).toEqual({ status: "incomplete", indent: "  " });
  });

  test("knows the open comms from the messages of both sides", () => {
    reception.received("shell", request("comm_open", { comm_id: "page", target_name: "a" }));
    reception.sends(newMessage("comm_open", { comm_id: "kernel", target_name: "b" }, "s"));
    reception.received("shell", request("comm_open", { comm_id: "gone", target_name: "a" }));
    reception.sends(newMessage("comm_close", { comm_id: "gone" }, "s"));
    reception.received("shell", request("comm_info_request"));
    expect(reply().content.comms).toEqual({ page: { target_name: "a" }, kernel: { target_name: "b" } });
    sent = [];
    reception.received("shell", request("comm_info_request", { target_name: "b" }));
    expect(reply().content.comms).toEqual({ kernel: { target_name: "b" } });
  });

  test("hears a page's Stop only on a comm that was opened for it", () => {
    const stop = { comm_id: "c", data: { method: "custom", content: { kind: "stop" } } };
    reception.received("shell", request("comm_msg", stop));
    expect(calls).toEqual([]);
    reception.stopsBy("c");
    reception.received("shell", request("comm_msg", { comm_id: "c", data: { content: { kind: "other" } } }));
    expect(calls).toEqual([]);
    reception.received("shell", request("comm_msg", stop));
    expect(calls).toEqual(["stop"]);
    reception.sends(newMessage("comm_close", { comm_id: "c" }, "s"));
    reception.received("shell", request("comm_msg", stop));
    expect(calls).toEqual(["stop"]);
    expect(forwarded.length).toBe(4);
  });

  test("keeps the text of results for the history", () => {
    history.add(3, "6 * 7");
    reception.sends(newMessage("execute_result", { execution_count: 3, data: { "text/plain": "42" } }, "s"));
    reception.received("shell", request("history_request", { hist_access_type: "tail", n: 1, output: true }));
    expect(reply().content.history).toEqual([[0, 3, ["6 * 7", "42"]]]);
  });

  test("answers a request that nobody knows with an error, and leaves other unknown messages", () => {
    reception.received("control", request("debug_request"));
    expect(reply().header.msg_type).toBe("debug_reply");
    expect(reply().content).toMatchObject({ status: "error", evalue: expect.stringContaining("debug_request") });
    sent = [];
    reception.received("shell", request("nonsense"));
    expect(sent).toEqual([]);
  });

  test("answers with an error if the language thread has died", async () => {
    const dying = { completeness: () => Promise.reject(new Error("the language thread ended; ask again")) };
    const other = new Reception({
      ...(reception as unknown as { desk: ConstructorParameters<typeof Reception>[0] }).desk,
      language: async () => dying as unknown as LanguageClient,
    });
    other.received("shell", request("is_complete_request", { code: "1" }));
    await expect.poll(() => sent.length).toBe(3);
    expect(reply().content).toMatchObject({ status: "error", evalue: expect.stringContaining("ask again") });
  });
});
