/** `npm start` as a person meets it: the address, the token, Ctrl-C. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { testEnvironment } from "../../kernel/bin/project.mjs";
import { lacks, root } from "../support/require.js";

let child: ReturnType<typeof spawn> | undefined;
afterEach(() => {
  if (child?.exitCode === null) child.kill("SIGTERM");
});

test.skipIf(lacks("python"))(
  "start prints an address that needs its token, and Ctrl-C stops server and command",
  { timeout: 180_000 },
  async () => {
    child = spawn(process.execPath, [join(root, "kernel/bin/start.mjs")], { cwd: root, env: testEnvironment() });
    let text = "";
    const address = await new Promise<string>((settle, fail) => {
      const take = (chunk: Buffer) => {
        text += chunk;
        const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\S+/);
        if (found !== null && text.includes("Ctrl-C")) settle(found[0]);
      };
      child?.stdout?.on("data", take);
      child?.stderr?.on("data", take);
      child?.on("exit", () => fail(new Error(text)));
    });
    const { origin, searchParams } = new URL(address);
    expect((await fetch(`${origin}/api/contents`)).status).toBe(403);
    const specs = await fetch(`${origin}/api/kernelspecs?token=${searchParams.get("token")}`);
    expect(await specs.json()).toMatchObject({ kernelspecs: { voxbook: { spec: { language: "typescript" } } } });
    expect(text).not.toContain("Your browser opens it");

    child.removeAllListeners("exit");
    const ended = new Promise((settle) => child?.on("exit", settle));
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(text).toContain("stopped.");
    await expect(fetch(`${origin}/api/contents`)).rejects.toThrow();
  },
);
