import { defineConfig } from "vitest/config";

// Tests load the built package (dist), so that workers, wasm and entry points are the ones a user gets.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    testTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
    fileParallelism: false,
  },
});
