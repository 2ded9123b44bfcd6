/**
 * `npm test`: installs what is missing, then format and lint, types, tests, browser tests. Its last line is the sum.
 * `--tier nightly|release` adds the slow tests.
 */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "./platform.mjs";
import { Failure, paths, root, testEnvironment } from "./project.mjs";
import { setup } from "./setup.mjs";
import { command, seconds } from "./steps.mjs";
import { add, emptyTally, lastLine, readVitest } from "./tally.mjs";

const tiers = ["commit", "nightly", "release"];

/** @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
const node = (args, env) =>
  new Promise((settle) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => settle(127));
    child.on("close", (code) => settle(code ?? 1));
  });

/** @param {string[]} args @returns {string} */
function chosenTier(args) {
  const at = args.indexOf("--tier");
  const tier = at < 0 ? "commit" : args[at + 1];
  if (!tiers.includes(tier)) throw new Failure(`--tier is ${tier ?? "empty"}; allowed: ${tiers.join(", ")}.`);
  return tier;
}

const tally = emptyTally();

await command(async () => {
  try {
    await run(chosenTier(process.argv.slice(2)));
  } catch (error) {
    // The sum is the last line even of a run that could not begin.
    console.error(error instanceof Failure ? error.message : error);
    tally.failed += 1;
  }
  if (tally.skipped.length > 0) console.log(`skipped:\n${tally.skipped.map((name) => `  ${name}`).join("\n")}`);
  console.log(lastLine(tally));
  return tally.failed === 0 ? 0 : 1;
});

/** @param {string} tier */
async function run(tier) {
  const begin = performance.now();
  await setup({ requirements: ["test/requirements.txt"] });
  const chromium = findChromium();
  const env = {
    ...testEnvironment(),
    VOXBOOK_TIER: tier,
    ...(chromium === undefined ? {} : { VOXBOOK_CHROMIUM: chromium }),
  };
  if (chromium === undefined)
    console.log("no Chromium: the tests that need one are skipped (set VOXBOOK_CHROMIUM, or install chromium).");

  /** @param {string} name @param {() => Promise<number>} body */
  const runner = async (name, body) => {
    const since = performance.now();
    console.log(`\n== ${name}`);
    const code = await body();
    console.log(`== ${name}: ${code === 0 ? "well" : `failed (status ${code})`} (${seconds(since)})`);
    return code;
  };
  /** @param {string} name @param {string[]} args */
  const check = async (name, args) => {
    const code = await runner(name, () => node(args, env));
    tally[code === 0 ? "passed" : "failed"] += 1;
  };
  await check("format and lint", [join(root, "node_modules/@biomejs/biome/bin/biome"), "check", "."]);
  await check("types", [join(root, "kernel/bin/build.mjs"), "--types"]);

  mkdirSync(paths.reports, { recursive: true });
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  for (const project of ["node", "browser"]) {
    const report = join(paths.reports, `${project}.json`);
    rmSync(report, { force: true });
    const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await runner(`${project} tests`, () => node([vitest, ...args], env));
    add(tally, readVitest(report, code));
  }
  console.log(`\nall of it took ${seconds(begin)}`);
}
