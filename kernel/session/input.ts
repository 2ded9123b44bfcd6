/** Questions to the reader while a cell runs. */
import type { Json } from "../comm.js";
import type { Message } from "../io/wire.js";

/** How a question is put. */
export interface InputSettings {
  /** Whether what is typed stays hidden. Default false. */
  password?: boolean;
}

interface Question {
  readonly resolve: (value: string) => void;
  readonly reject: (reason: unknown) => void;
  readonly ask: () => void;
}

export class InputDesk {
  /** Questions in the order in which they were put: a front end shows one at a time. */
  private readonly questions: Question[] = [];

  /** @param send sends an input_request to the client of a request */
  constructor(private readonly send: (content: Record<string, Json>, request: Message) => void) {}

  /** @param request the request whose code asks */
  ask(prompt: unknown, settings: InputSettings, request: Message | undefined): Promise<string> {
    if (request?.content.allow_stdin !== true)
      return Promise.reject(
        new Error("input(): this front end gives no way to answer; set the value in the cell instead"),
      );
    const content = { prompt: String(prompt ?? ""), password: settings.password === true };
    return new Promise((resolve, reject) => {
      const ask = (): void => this.send(content, request);
      this.questions.push({ resolve, reject, ask });
      if (this.questions.length === 1) ask();
    });
  }

  answer({ content }: Message): void {
    const question = this.questions.shift();
    question?.resolve(String(content.value ?? ""));
    this.questions[0]?.ask();
  }

  /** Nobody will answer any more. */
  cancel(reason: unknown): void {
    for (const { reject } of this.questions.splice(0)) reject(reason);
  }
}
