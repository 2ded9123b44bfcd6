/** What the kernel says of itself to a client that asks, and what a client tells it at the start. */
import { readFileSync } from "node:fs";
import type { Json } from "./comm.js";
import { PROTOCOL_VERSION } from "./wire.js";

export interface ConnectionInfo {
  transport: string;
  ip: string;
  key: string;
  signature_scheme: string;
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
}

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
  };
}
