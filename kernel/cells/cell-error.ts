// Apart from cell.ts, which loads the compiler: 300 ms that the main thread does not have to spend.

/** The cell is not valid TypeScript; `line` and `column` count from 1. */
export class CellSyntaxError extends Error {
  override readonly name = "SyntaxError";
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** What is said of code that neither the compiler nor the engine can walk down. */
export const NESTED_TOO_DEEPLY = "the code is nested too deeply for the compiler; split it into several statements";

/** Where a local file does not parse; `line` and `column` count from 1, `text` is the whole file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}
