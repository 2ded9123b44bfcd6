/** What the kernel says of itself to a client that asks. */
import { readFileSync } from "node:fs";
import type { Json } from "../comm.js";
import { PROTOCOL_VERSION } from "./wire.js";

const version = (): string => {
  for (let up = new URL("./", import.meta.url); ; up = new URL("../", up))
    try {
      return (JSON.parse(readFileSync(new URL("package.json", up), "utf8")) as { version: string }).version;
    } catch {
      if (up.pathname === "/") return "0.0.0";
    }
};

/** Content of kernel_info_reply. */
export function kernelInfo(): Record<string, Json> {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "voxbook",
    implementation_version: version(),
    language_info: {
      name: "typescript",
      version: "5.9.3",
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: { name: "javascript", typescript: true },
      pygments_lexer: "typescript",
      nbconvert_exporter: "script",
    },
    banner: "TypeScript kernel of voxbook",
    help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
    debugger: false,
    supported_features: [],
  };
}
