import { defineConfig } from "vitest/config";

// Slow tests are named *.nightly.ts and *.release.ts; each tier runs the ones below it, too.
const tier = process.env.VOXBOOK_TIER ?? "commit";
const suffixes = { commit: [], nightly: ["nightly"], release: ["nightly", "release"] }[tier];
if (suffixes === undefined) throw new Error(`VOXBOOK_TIER is ${tier}; allowed: commit, nightly, release`);

// Tests load the built package (dist), so that workers, wasm and entry points are the ones a user gets.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine takes its time.
    expect: { poll: { timeout: 15_000 } },
    server: { deps: { external: [/\/dist\//] } },
    fileParallelism: false,
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts", ...suffixes.map((suffix) => `test/**/*.${suffix}.ts`)],
          exclude: ["test/browser/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["test/browser/**/*.browser.ts", ...suffixes.map((suffix) => `test/browser/**/*.${suffix}.ts`)],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        // No test: `npm run bench:widgets` measures with what tests have.
        test: {
          name: "bench",
          include: ["test/bench/widgets/measure.ts"],
          testTimeout: 900_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        // No tests: `npm run pictures` makes the pictures of the README.
        test: { name: "pictures", include: ["test/browser/*.pictures.ts"], testTimeout: 180_000, hookTimeout: 180_000 },
      },
    ],
  },
});
