/**
 * Answers on the I/O thread everything that needs no code of the reader's, so that these requests are answered while a
 * cell spins; the rest it hands to the main thread. No sockets in here.
 */

import type { Json } from "../comm.js";
import type { LanguageClient } from "../language/client.js";
import type { Channel, Inbound, Listener } from "./channels.js";
import { codePoints, codeUnits } from "./cursor.js";
import type { History } from "./history.js";
import { kernelInfo } from "./kernel-info.js";
import { type Message, newMessage } from "./wire.js";

type Content = Record<string, Json>;

/** What the reception works with. */
export interface Desk {
  /** Id of this kernel's run. */
  readonly session: string;
  readonly history: History;
  send(channel: Channel, message: Message): void;
  /** Hands a request to the main thread. */
  forward(channel: Inbound, message: Message): void;
  /** The language thread, once it has started. */
  language(): Promise<LanguageClient>;
  interrupt(): void;
  /** A page's Stop: interrupts if its handler cannot run. */
  stop(): void;
  shutdown(request: Message): void;
  /** Takes what is worth a line in the server's log. */
  log(line: string): void;
}

export class Reception implements Listener {
  /** Target names of the open comms, as the messages of both sides tell them. */
  private readonly comms = new Map<string, string>();
  /** Comms whose custom message `{ kind: "stop" }` interrupts. */
  private readonly stops = new Set<string>();

  constructor(private readonly desk: Desk) {}

  dropped(channel: Inbound, reason: Error): void {
    this.desk.log(`a message on ${channel} was dropped: ${reason.message}`);
  }

  received(channel: Inbound, request: Message): void {
    const { content } = request;
    switch (request.header.msg_type) {
      case "kernel_info_request":
        return this.answer(channel, request, kernelInfo());
      case "comm_info_request":
        return this.answer(channel, request, { status: "ok", comms: this.openComms(content.target_name) });
      case "history_request":
        return this.answer(channel, request, { status: "ok", history: this.desk.history.search(content) });
      case "complete_request":
      case "inspect_request":
      case "is_complete_request":
        return void this.ask(channel, request);
      case "interrupt_request":
        this.answer(channel, request, { status: "ok" });
        return this.desk.interrupt();
      case "shutdown_request":
        this.desk.shutdown(request);
        return this.desk.forward(channel, request);
      case "execute_request":
      case "input_reply":
        return this.desk.forward(channel, request);
      case "comm_open":
      case "comm_msg":
      case "comm_close":
        this.note(request);
        if (this.isStop(request)) this.desk.stop();
        return this.desk.forward(channel, request);
      default:
        return this.unknown(channel, request);
    }
  }

  /** Sees each message that the main thread sends, before it leaves. */
  sends(message: Message): void {
    const { content, header } = message;
    if (header.msg_type.startsWith("comm_")) this.note(message);
    else if (header.msg_type === "execute_result")
      this.desk.history.addResult(
        Number(content.execution_count),
        String((content.data as Content)["text/plain"] ?? ""),
      );
  }

  /** From now on a Stop on this comm interrupts. */
  stopsBy(comm: string): void {
    this.stops.add(comm);
  }

  /** Answers a request, between its busy and its idle. */
  answer(channel: Inbound, request: Message, content: Content): void {
    this.status("busy", request);
    this.reply(channel, request, content);
  }

  private reply(channel: Inbound, request: Message, content: Content): void {
    const type = request.header.msg_type.replace("_request", "_reply");
    this.desk.send(channel, newMessage(type, content, this.desk.session, request));
    this.status("idle", request);
  }

  private status(execution_state: "busy" | "idle", request: Message): void {
    this.desk.send("iopub", newMessage("status", { execution_state }, this.desk.session, request));
  }

  private note({ header, content }: Message): void {
    const id = String(content.comm_id);
    if (header.msg_type === "comm_open") this.comms.set(id, String(content.target_name));
    else if (header.msg_type === "comm_close") {
      this.comms.delete(id);
      this.stops.delete(id);
    }
  }

  private openComms(target: Json | undefined): Content {
    const wanted = typeof target === "string" && target !== "" ? target : undefined;
    const found = [...this.comms].filter(([, name]) => wanted === undefined || name === wanted);
    return Object.fromEntries(found.map(([id, target_name]) => [id, { target_name }]));
  }

  private isStop({ header, content }: Message): boolean {
    if (header.msg_type !== "comm_msg" || !this.stops.has(String(content.comm_id))) return false;
    const inner = (content.data as { content?: { kind?: Json } } | undefined)?.content;
    return inner?.kind === "stop";
  }

  /** Requests to the language thread: busy at once, the rest when it has answered. */
  private async ask(channel: Inbound, request: Message): Promise<void> {
    this.status("busy", request);
    let content: Content;
    try {
      content = await this.language(request);
    } catch (error) {
      const { name, message } = error as Error;
      content = { status: "error", ename: name, evalue: message, traceback: [] };
    }
    this.reply(channel, request, content);
  }

  private async language({ header, content }: Message): Promise<Content> {
    const language = await this.desk.language();
    const source = String(content.code ?? "");
    if (header.msg_type === "is_complete_request") return { ...(await language.completeness(source)) };
    const position = codeUnits(source, Number(content.cursor_pos ?? codePoints(source, source.length)));
    if (header.msg_type === "inspect_request") {
      const found = await language.inspect(source, position);
      const data: Content = found === undefined ? {} : { "text/plain": found.text, "text/markdown": found.markdown };
      return { status: "ok", found: found !== undefined, data, metadata: {} };
    }
    const found = await language.complete(source, position);
    const [start, end] = [codePoints(source, found.start), codePoints(source, found.end)];
    const types = found.types.map((type) => ({ ...type, start, end }));
    return {
      status: "ok",
      matches: found.matches,
      cursor_start: start,
      cursor_end: end,
      metadata: { _jupyter_types_experimental: types },
    };
  }

  private unknown(channel: Inbound, request: Message): void {
    const type = request.header.msg_type;
    this.desk.log(`${type} on ${channel} is no message that this kernel knows`);
    if (!type.endsWith("_request")) return;
    const evalue = `this kernel does not know ${type}`;
    this.answer(channel, request, { status: "error", ename: "NotImplemented", evalue, traceback: [] });
  }
}
