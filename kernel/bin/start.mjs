/**
 * `npm start`: from a fresh clone to JupyterLab on the tour. `--check` starts, waits for the server's answer, tells the
 * times and stops.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasDisplay } from "./platform.mjs";
import { paths, root } from "./project.mjs";
import { setup } from "./setup.mjs";
import { command, seconds } from "./steps.mjs";

await command(async () => {
  const check = process.argv.includes("--check");
  const begin = performance.now();
  console.log("voxbook: what is missing is installed into this folder and nowhere else.");
  try {
    await setup();
  } catch (error) {
    const { NoPython } = await import("./python.mjs");
    if (!(error instanceof NoPython)) throw error;
    console.error(
      `${error.message} Without Python a notebook runs by: npx voxbook run ${paths.tour} --html report.html`,
    );
    return 1;
  }
  const { startLab } = await import("./lab.mjs");
  const browser = !check && hasDisplay();
  const notebook = existsSync(join(root, paths.tour)) ? paths.tour : undefined;
  const interrupt = new AbortController();
  const stopped = new Promise((settle) => {
    interrupt.signal.addEventListener("abort", () => settle("stopped"));
    for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
      process.on(name, () => interrupt.abort());
  });
  console.log("JupyterLab is starting …");
  /** @type {string[]} */
  const log = [];
  const lab = await startLab({ notebook, browser, log: (line) => log.push(line), signal: interrupt.signal });
  console.log(`JupyterLab answers ${seconds(begin)} after the command:\n\n  ${lab.address}\n`);
  if (check) {
    await lab.stop();
    console.log("checked and stopped.");
    return 0;
  }
  console.log(`${browser ? "Your browser opens it." : "Open this address in a browser."} Ctrl-C stops it.`);
  const first = await Promise.race([stopped, lab.ended]);
  if (first === "stopped") {
    console.log("\nstopping JupyterLab and its kernels …");
    await lab.stop();
    console.log("stopped.");
    return 0;
  }
  console.error(`JupyterLab ended by itself (status ${first}); its last words were:\n${log.slice(-15).join("\n")}`);
  return 1;
});
