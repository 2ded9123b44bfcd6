import { Table } from "apache-arrow";
import { type ResultTable, traced } from "../core/arrow/table.js";
import { displaySymbol, escapeHtml, type MimeBundle } from "../core/display.js";

/** The table with a sentence below it, where it shows itself. */
export function withTableNote(table: ResultTable, note: string): ResultTable {
  const plain = (table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
  const show = (): MimeBundle => ({
    "text/plain": `${plain["text/plain"]}\n${note}`,
    "text/html": `${plain["text/html"]}<div>${escapeHtml(note)}</div>`,
  });
  // A property of a result table cannot be set again, so the same batches get a new table around them.
  return traced(new Table(table.schema, table.batches), table.provenance, show);
}
