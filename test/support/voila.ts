/** Real Voilà in a real Chromium: notebooks that a test writes, shown as pages without their code. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { endGroup, spawnGroup, venvPython } from "../../kernel/bin/platform.mjs";
import { paths, projectEnvironment } from "../../kernel/bin/project.mjs";
import { withVenvOnPath } from "../../kernel/bin/python.mjs";
import { writeNotebook } from "./notebook.js";
import { chromium } from "./require.js";

const START_MILLISECONDS = 120_000;

export class VoilaSession {
  readonly folder: string;
  readonly #browser: Browser;
  readonly #address: string;
  readonly #stop: () => Promise<void>;
  #count = 0;

  private constructor(folder: string, browser: Browser, address: string, stop: () => Promise<void>) {
    this.folder = folder;
    this.#browser = browser;
    this.#address = address;
    this.#stop = stop;
  }

  /** Starts the server of the project's Python environment on a free port, and a browser. */
  static async start(): Promise<VoilaSession> {
    const folder = mkdtempSync(join(tmpdir(), "voxbook-voila-"));
    const env = withVenvOnPath(projectEnvironment()) as NodeJS.ProcessEnv;
    env.JUPYTER_RUNTIME_DIR = join(folder, ".runtime");
    mkdirSync(env.JUPYTER_RUNTIME_DIR, { recursive: true });
    const args = [
      "-m",
      "voila",
      "--no-browser",
      "--Voila.ip=127.0.0.1",
      "--port=8866",
      "--Voila.port_retries=200",
      ".",
    ];
    const child = spawnGroup(venvPython(paths.venv), args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
    const address = await new Promise<string>((resolve, reject) => {
      let log = "";
      const fail = (why: string): void => reject(new Error(`Voilà ${why}; its last words were:\n${log.slice(-4000)}`));
      const timer = setTimeout(() => fail(`did not answer within ${START_MILLISECONDS / 1000} s`), START_MILLISECONDS);
      const take = (chunk: Buffer): void => {
        log += chunk.toString();
        const found = /running at:\s*(https?:\/\/\S+)/.exec(log)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      };
      child.stdout?.on("data", take);
      child.stderr?.on("data", take);
      child.on("exit", () => fail("ended at once"));
      child.on("error", (error) => fail(`could not be started (${error.message})`));
    });
    const browser = await driver.launch({
      executablePath: chromium()!,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
    return new VoilaSession(folder, browser, address, async () => {
      endGroup(child, "ask");
      const timer = setTimeout(() => endGroup(child, "force"), 10_000);
      await ended;
      clearTimeout(timer);
    });
  }

  /** Writes a notebook with these code cells and opens its page, on which its first widget is shown. */
  async open(cells: readonly string[], size = { width: 1280, height: 1000 }): Promise<Page> {
    const name = `notebook-${++this.#count}.ipynb`;
    writeNotebook(join(this.folder, name), cells);
    const page = await this.#browser.newPage({ viewport: size });
    await page.goto(new URL(`voila/render/${name}`, this.#address).href, { timeout: 120_000 });
    await page.locator(".jupyter-widgets, .voxbook").first().waitFor({ state: "attached", timeout: 60_000 });
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
