/** Widgets in a running kernel, driven by the real jupyter_client and by nbclient. */
import { afterAll, describe, expect, test } from "vitest";
import { jupyterClient } from "../support/jupyter-client.js";
import { lacks } from "../support/require.js";

describe.skipIf(lacks("python"))("widgets in the kernel", () => {
  const client = jupyterClient();
  afterAll(() => client.remove());

  test.each([
    ["jupyter_client", "widgets/in_kernel.py", 9],
    ["nbclient", "widgets/in_notebook.py", 3],
  ])("pass every case under %s", { timeout: 180_000 }, async (_name, script, atLeast) => {
    const { cases, stderr } = await client.run(script);
    expect(cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(cases.length, stderr.slice(-2000)).toBeGreaterThanOrEqual(atLeast);
  });
});
