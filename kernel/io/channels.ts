/** The sockets of the protocol: messages come in checked and go out signed, in order, none lost. Nothing else here knows ZeroMQ. */
import { isUtf8 } from "node:buffer";
import { setTimeout as pause } from "node:timers/promises";
import { Reply, Router, XPublisher } from "zeromq";
import { addressOf, type Connection } from "./connection.js";
import { decode, encode, type Message, newMessage, ReplayGuard } from "./wire.js";

export type Channel = "shell" | "control" | "stdin" | "iopub";
export type Inbound = Exclude<Channel, "iopub">;

/** Takes what comes in. */
export interface Listener {
  received(channel: Inbound, message: Message): void;
  /** A message that was forged, damaged or sent twice; nothing of it is acted on. */
  dropped(channel: Inbound, reason: Error): void;
}

/** No frame is larger; a client that sends one is cut off. */
const MAX_FRAME_BYTES = 2 ** 30;

/** One send at a time: zeromq refuses a second one that is not awaited. */
class Outbox {
  private waiting: Uint8Array[][] = [];
  private running: Promise<void> | undefined;
  constructor(private readonly socket: { send(frames: Uint8Array[]): Promise<void> }) {}

  push(frames: Uint8Array[]): void {
    this.waiting.push(frames);
    this.running ??= this.drain();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      // A client that has gone takes its replies with it, not the kernel.
      for (const frames of batch) await this.socket.send(frames).catch(() => undefined);
    }
    this.running = undefined;
  }

  async empty(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }
}

export class Channels {
  private readonly sockets: { shell: Router; control: Router; stdin: Router; iopub: XPublisher; hb: Reply };
  private readonly outboxes: Record<Channel, Outbox>;
  private readonly guard = new ReplayGuard();

  /** @param session id of this kernel's run, in each header and topic */
  constructor(
    private readonly connection: Connection,
    private readonly session: string,
    private readonly listener: Listener,
  ) {
    const { curve } = connection;
    const secure = curve && { curveServer: true, curvePublicKey: curve.publicKey, curveSecretKey: curve.secretKey };
    // No high-water mark: a message that the kernel has sent is never dropped on this side.
    const sending = { ...secure, sendHighWaterMark: 0, linger: 1000, maxMessageSize: MAX_FRAME_BYTES };
    const both = { ...sending, receiveHighWaterMark: 0 };
    this.sockets = {
      shell: new Router(both),
      control: new Router(both),
      stdin: new Router(both),
      iopub: new XPublisher(sending),
      hb: new Reply({ ...secure, linger: 0, maxMessageSize: MAX_FRAME_BYTES }),
    };
    // Each subscriber is welcomed, also one whose topic others have already.
    this.sockets.iopub.verbosity = "allSubs";
    const { shell, control, stdin, iopub } = this.sockets;
    this.outboxes = {
      shell: new Outbox(shell),
      control: new Outbox(control),
      stdin: new Outbox(stdin),
      iopub: new Outbox(iopub),
    };
  }

  /** Binds all sockets and begins to listen. */
  async open(): Promise<void> {
    for (const name of ["shell", "control", "stdin", "iopub", "hb"] as const)
      await this.sockets[name].bind(addressOf(this.connection, name));
    for (const name of ["shell", "control", "stdin"] as const) void this.listen(name);
    void this.beat();
    void this.welcome();
  }

  send(channel: Channel, message: Message): void {
    const { msg_type } = message.header;
    const identities = channel === "iopub" ? [Buffer.from(`kernel.${this.session}.${msg_type}`)] : message.identities;
    this.outboxes[channel].push(encode({ ...message, identities }, this.connection.key));
  }

  /** Resolves when all that was sent is with ZeroMQ, which does not tell when it has left the machine. */
  async drained(): Promise<void> {
    await Promise.all(Object.values(this.outboxes).map((outbox) => outbox.empty()));
  }

  /** Sends what is left, for at most a second, and lets go of the ports. */
  async close(): Promise<void> {
    await Promise.race([this.drained(), pause(1000)]);
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  private async listen(channel: Inbound): Promise<void> {
    for await (const frames of this.sockets[channel]) {
      let message: Message;
      try {
        message = decode(frames, this.connection.key, this.guard);
      } catch (error) {
        this.listener.dropped(channel, error as Error);
        continue;
      }
      this.listener.received(channel, message);
    }
  }

  private async beat(): Promise<void> {
    const { hb } = this.sockets;
    for await (const frames of hb) await hb.send(frames);
  }

  /** Tells a subscriber that it hears the kernel from now on (JEP 65). */
  private async welcome(): Promise<void> {
    for await (const [frame] of this.sockets.iopub) {
      if (frame === undefined || frame[0] !== 1) continue;
      const topic = frame.subarray(1);
      if (!isUtf8(topic)) continue;
      const welcome = newMessage("iopub_welcome", { subscription: topic.toString("utf8") }, this.session);
      this.outboxes.iopub.push(encode({ ...welcome, identities: [topic] }, this.connection.key));
    }
  }
}
