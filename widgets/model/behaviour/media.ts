import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { DOMWidget } from "../controls/dom.js";

/** A picture, video or sound: the bytes of a file. */
export abstract class Media extends DOMWidget {
  /** The bytes of the file; an empty array shows nothing. Assign a new array to change it: a change in place is not seen. */
  declare value: Uint8Array;
  /** Format of the bytes; "url": they are the address of the file in UTF-8. */
  declare format: string;

  /**
   * Makes a widget from a file; its format is taken from the ending of the name.
   *
   *   const picture = Image.fromFile("slice.png", { width: "300" });
   *
   * @throws the error of the file system if the file cannot be read
   */
  static fromFile<W, Given extends object>(this: new (options: Given) => W, path: string, options?: Given): W {
    const format = extname(path).slice(1).toLowerCase();
    const given = { value: readFileSync(path), ...(format === "" ? {} : { format }), ...options };
    return new this(given as unknown as Given);
  }
}
