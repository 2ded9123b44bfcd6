/**
 * Dates and times. An instant is a `Date`. What a calendar or a clock shows, without a time zone, is text in the form of
 * ISO 8601: a `Date` would say another day west of Greenwich.
 */
import type { Wire } from "./buffers.js";
import type { Kind } from "./kinds.js";

interface Parts {
  readonly year: number;
  /** From 0, as in the page. */
  readonly month: number;
  readonly date: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

const MIDNIGHT = { hours: 0, minutes: 0, seconds: 0, milliseconds: 0 };
const padded = (n: number, digits = 2): string => String(n).padStart(digits, "0");

const dateText = ({ year, month, date }: Pick<Parts, "year" | "month" | "date">): string =>
  `${padded(year, 4)}-${padded(month + 1)}-${padded(date)}`;

/** Seconds always, milliseconds only where there are some: equal times are equal texts, and order as texts do. */
const timeText = ({ hours, minutes, seconds, milliseconds }: Omit<Parts, "year" | "month" | "date">): string =>
  `${padded(hours)}:${padded(minutes)}:${padded(seconds)}${milliseconds === 0 ? "" : `.${padded(milliseconds, 3)}`}`;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?$/;

function partsOfDate(text: string): Pick<Parts, "year" | "month" | "date"> | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [year, month, date] = found.slice(1).map(Number) as [number, number, number];
  return { year, month: month - 1, date };
}

function partsOfTime(text: string): Omit<Parts, "year" | "month" | "date"> | undefined {
  const found = TIME.exec(text);
  if (found === null) return undefined;
  const [, hours, minutes, seconds = "0", fraction = "0"] = found;
  return {
    hours: Number(hours),
    minutes: Number(minutes),
    seconds: Number(seconds),
    milliseconds: Number(fraction.padEnd(3, "0")),
  };
}

/** The instant in UTC; undefined for the 30th of February, 25 o'clock and what is no number at all. */
function instant(parts: Parts): Date | undefined {
  const { year, month, date, hours, minutes, seconds, milliseconds } = parts;
  const wanted = [year, month, date, hours, minutes, seconds, milliseconds];
  if (!wanted.every(Number.isInteger) || year < 1 || year > 9999) return undefined;
  const made = new Date(0);
  // Not by the constructor: it takes the years 1 to 99 as 1901 to 1999.
  made.setUTCFullYear(year, month, date);
  made.setUTCHours(hours, minutes, seconds, milliseconds);
  const { year: y, ...rest } = partsOf(made);
  return [y, ...Object.values(rest)].every((n, k) => n === wanted[k]) ? made : undefined;
}

const partsOf = (at: Date): Parts => ({
  year: at.getUTCFullYear(),
  month: at.getUTCMonth(),
  date: at.getUTCDate(),
  hours: at.getUTCHours(),
  minutes: at.getUTCMinutes(),
  seconds: at.getUTCSeconds(),
  milliseconds: at.getUTCMilliseconds(),
});

/** What a page has sent, with every part that is missing as it is in `otherwise`. */
function received(wire: Wire, otherwise: Partial<Parts>): Date | undefined {
  if (typeof wire !== "object" || wire === null || Array.isArray(wire) || wire instanceof Uint8Array) return undefined;
  return instant({ ...otherwise, ...(wire as unknown as Parts) });
}

/** A day of the calendar as text, "2026-09-30". */
export const date: Kind<string> = {
  allowed: 'a day as text, such as "2026-09-30"',
  take: (given) => {
    const parts = typeof given === "string" ? partsOfDate(given) : undefined;
    return parts !== undefined && instant({ ...parts, ...MIDNIGHT }) !== undefined ? dateText(parts) : undefined;
  },
  encode: (value) => ({ ...partsOfDate(value)! }),
  decode: (wire) => {
    const at = received(wire, MIDNIGHT);
    return at && dateText(partsOf(at));
  },
};

const SOME_DAY = { year: 2000, month: 0, date: 1 };

/** A time of day as text, "14:05:00" or "14:05:00.250". */
export const time: Kind<string> = {
  allowed: 'a time of day as text, such as "14:05" or "14:05:30.250"',
  take: (given) => {
    const parts = typeof given === "string" ? partsOfTime(given) : undefined;
    return parts !== undefined && instant({ ...SOME_DAY, ...parts }) !== undefined ? timeText(parts) : undefined;
  },
  encode: (value) => ({ ...partsOfTime(value)! }),
  decode: (wire) => {
    const at = received(wire, SOME_DAY);
    return at && timeText(partsOf(at));
  },
};

/** An instant. */
export const datetime: Kind<Date> = {
  allowed: "a Date",
  take: (given) => (given instanceof Date && instant(partsOf(given)) !== undefined ? new Date(given) : undefined),
  encode: (value) => ({ ...partsOf(value) }),
  decode: (wire) => received(wire, {}),
};

/** A day and a time of day, without a time zone, as text: "2026-09-30T14:05:00". */
export const naiveDatetime: Kind<string> = {
  allowed: 'a day and a time as text without a time zone, such as "2026-09-30T14:05"',
  take: (given) => {
    const [day, clock, ...more] = typeof given === "string" ? given.split("T") : [];
    const days = partsOfDate(day ?? "");
    const clocks = partsOfTime(clock ?? "");
    if (days === undefined || clocks === undefined || more.length > 0) return undefined;
    return instant({ ...days, ...clocks }) === undefined ? undefined : `${dateText(days)}T${timeText(clocks)}`;
  },
  encode: (value) => {
    const [day, clock] = value.split("T") as [string, string];
    return { ...partsOfDate(day)!, ...partsOfTime(clock)! };
  },
  decode: (wire) => {
    const at = received(wire, {});
    return at && `${dateText(partsOf(at))}T${timeText(partsOf(at))}`;
  },
};
