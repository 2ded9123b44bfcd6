/** Sends what the main thread has written and not sent itself: it may spin, and its reader would see nothing. */
import type { SharedText, StreamName } from "../threads/shared-text.js";
import type { Header } from "./wire.js";

/** Whose text lies in the shared memory. */
export interface Announcement {
  readonly owner: number;
  readonly name: StreamName;
  /** Request of the cell that writes. */
  readonly parent: Header;
}

/** Text waits that long for more of it to come; while it keeps coming it is sent ten times a second. */
const FIRST_MILLISECONDS = 20;
const NEXT_MILLISECONDS = 100;

export class TextWatch {
  private last: Announcement | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly shared: SharedText,
    private readonly send: (announcement: Announcement, text: string) => void,
  ) {}

  announced(announcement: Announcement): void {
    this.last = announcement;
    this.timer ??= setTimeout(this.look, FIRST_MILLISECONDS);
  }

  private readonly look = (): void => {
    this.timer = undefined;
    const text = this.shared.take(this.last!.owner);
    if (text === "") return;
    this.send(this.last!, text);
    this.timer = setTimeout(this.look, NEXT_MILLISECONDS);
  };
}
