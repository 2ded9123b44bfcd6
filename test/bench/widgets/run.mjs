/**
 * `npm run bench:widgets [-- --quick --only scroll --ready]`: the widgets in real JupyterLab in Chromium, each number
 * with its goal. `--quick` takes a smaller volume and fewer samples, `--only` rows with this word in their name,
 * `--ready` skips the set-up. What is measured stands in `entries/`, a file a subject.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findChromium } from "../../../kernel/bin/platform.mjs";
import { Failure, root, testEnvironment } from "../../../kernel/bin/project.mjs";
import { setup } from "../../../kernel/bin/setup.mjs";
import { command } from "../../../kernel/bin/steps.mjs";

await command(async () => {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      ready: { type: "boolean", default: false },
    },
  });
  if (!values.ready) await setup();
  const chromium = findChromium();
  if (chromium === undefined) throw new Failure("no Chromium on this machine; install it, or set VOXBOOK_CHROMIUM.");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const env = {
    ...testEnvironment(),
    VOXBOOK_CHROMIUM: chromium,
    VOXBOOK_BENCH: JSON.stringify({ quick: values.quick, only: values.only }),
  };
  // By vitest, which reads TypeScript: the bench uses the JupyterLab of the browser tests.
  const child = spawn(process.execPath, [vitest, "run", "--project", "bench", "--disable-console-intercept"], {
    cwd: root,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((settle) => child.on("close", (code) => settle(code ?? 1)));
});
