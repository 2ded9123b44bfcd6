/** Real JupyterLab in a real Chromium, on notebooks that a test writes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { type Lab, startLab } from "../../kernel/bin/lab.mjs";
import { projectEnvironment } from "../../kernel/bin/project.mjs";
import { writeNotebook } from "./notebook.js";
import { chromium, root } from "./require.js";

/** A notebook that is open in the browser. */
export interface OpenNotebook {
  readonly page: Page;
  /** Runs cell `k` (from 0) and waits until it has its number. */
  run(k: number, timeout?: number): Promise<void>;
  /** Texts of the outputs of cell `k`. */
  output(k: number): Promise<string>;
  save(): Promise<void>;
  /** What has gone over the page's connections to its kernels. */
  readonly traffic: Traffic;
}

/** Messages and bytes since the page was opened. */
export interface Traffic {
  readonly sent: { messages: number; bytes: number };
  readonly received: { messages: number; bytes: number };
}

export interface LabOptions {
  /** True: WebGL on the processor. False: none. Default: what this Chromium has by itself, which is one or the other. */
  readonly webgl?: boolean;
  /** False: the server as it comes, without our extension. Default true. */
  readonly prompt?: boolean;
  /** Settings of the server, as in jupyter_lab_config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A script that runs before any of a page's own. */
  readonly init?: string;
}

const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const NO_GL = ["--disable-3d-apis"];

export class LabSession {
  readonly folder: string;
  readonly #lab: Lab;
  readonly #browser: Browser;
  readonly #init: string | undefined;
  #count = 0;

  private constructor(folder: string, lab: Lab, browser: Browser, init: string | undefined) {
    this.folder = folder;
    this.#init = init;
    this.#lab = lab;
    this.#browser = browser;
  }

  static async start({ webgl, prompt = true, config, init }: LabOptions = {}): Promise<LabSession> {
    const folder = mkdtempSync(join(tmpdir(), "voxbook-lab-"));
    const env = projectEnvironment();
    // A test must not meet the reader's workspaces and settings.
    for (const name of ["JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTER_RUNTIME_DIR"])
      env[name] = join(folder, ".jupyter", name);
    for (const name of ["JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR"])
      mkdirSync(env[name]!, { recursive: true });
    if (config !== undefined) {
      env.JUPYTER_CONFIG_DIR = join(folder, ".jupyter", "config");
      mkdirSync(env.JUPYTER_CONFIG_DIR);
      writeFileSync(join(env.JUPYTER_CONFIG_DIR, "jupyter_lab_config.json"), JSON.stringify(config));
    }
    const lab = await startLab({ folder, env, prompt });
    const args = [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      ...(webgl === undefined ? [] : webgl ? SOFTWARE_GL : NO_GL),
    ];
    const browser = await driver.launch({ executablePath: chromium()!, args });
    return new LabSession(folder, lab, browser, init);
  }

  /** Writes a notebook with these code cells and opens it. */
  async open(cells: readonly string[], size = { width: 1280, height: 1000 }): Promise<OpenNotebook> {
    const name = `notebook-${++this.#count}.ipynb`;
    writeNotebook(join(this.folder, name), cells);
    return this.show(name, size);
  }

  /** Opens a notebook that lies somewhere in the project, from a copy. */
  async openCopy(
    path: string,
    change: (text: string) => string = (text) => text,
    size = { width: 1280, height: 1000 },
  ): Promise<OpenNotebook> {
    const name = `notebook-${++this.#count}.ipynb`;
    writeFileSync(join(this.folder, name), change(readFileSync(join(root, path), "utf8")));
    return this.show(name, size);
  }

  /** Opens a notebook of the folder. */
  async show(name: string, size = { width: 1280, height: 1000 }): Promise<OpenNotebook> {
    const page = await this.#browser.newPage({ viewport: size });
    const traffic = counted(page);
    if (this.#init !== undefined) await page.addInitScript({ content: this.#init });
    // A workspace of its own: JupyterLab opens what was open in the last one.
    await page.goto(`${this.#lab.url}lab/workspaces/test-${this.#count}/tree/${name}?token=${this.#lab.token}`);
    await ready(page);
    return notebookOn(page, traffic);
  }

  /** Writes a notebook with these code cells and opens it in Notebook 7. */
  async openInNotebook(cells: readonly string[], size = { width: 1280, height: 1000 }): Promise<OpenNotebook> {
    const name = `notebook-${++this.#count}.ipynb`;
    writeNotebook(join(this.folder, name), cells);
    const page = await this.#browser.newPage({ viewport: size });
    const traffic = counted(page);
    await page.goto(`${this.#lab.url}notebooks/${name}?token=${this.#lab.token}`);
    await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 60_000 });
    return notebookOn(page, traffic);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#lab.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Counts what goes over the connections to kernels that the page opens from now on. */
function counted(page: Page): Traffic {
  const traffic: Traffic = { sent: { messages: 0, bytes: 0 }, received: { messages: 0, bytes: 0 } };
  const count = (way: Traffic["sent"], payload: string | Buffer): void => {
    way.messages++;
    way.bytes += Buffer.byteLength(payload);
  };
  page.on("websocket", (socket) => {
    if (!socket.url().includes("/channels")) return;
    socket.on("framesent", ({ payload }) => count(traffic.sent, payload));
    socket.on("framereceived", ({ payload }) => count(traffic.received, payload));
  });
  return traffic;
}

/** Waits until the notebook is drawn and its kernel rests. */
export async function ready(page: Page): Promise<void> {
  await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 60_000 });
  // The notebook's own indicator says idle before it has a kernel; run then, it asks for one.
  await page
    .locator("#jp-main-statusbar")
    .getByText(/\| Idle$/)
    .waitFor({ timeout: 60_000 });
}

/** Runs a notebook from the first cell to the last in a fresh kernel, and waits for its end. */
export async function runAllCells(page: Page): Promise<void> {
  const confirm = page.getByRole("button", { name: "Confirm Kernel Restart" });
  // Until it has found its kernel JupyterLab does nothing.
  for (let attempt = 0; attempt < 60 && !(await confirm.isVisible()); attempt++) {
    await page.getByRole("menuitem", { name: "Kernel" }).click();
    await page.getByRole("menuitem", { name: "Restart Kernel and Run All Cells…" }).click();
    await page.waitForTimeout(500);
  }
  await confirm.click();
  const last = page.locator(".jp-CodeCell .jp-InputPrompt").last();
  await last.filter({ hasText: "[*]" }).waitFor({ timeout: 30_000 });
  await last.filter({ hasText: /\[\d+\]/ }).waitFor({ timeout: 150_000 });
  // All outputs have come when the kernel rests.
  await page.locator(".jp-NotebookPanel-toolbar [data-status=idle]").first().waitFor({ timeout: 30_000 });
}

function notebookOn(page: Page, traffic: Traffic): OpenNotebook {
  const cell = (k: number) => page.locator(".jp-Notebook .jp-CodeCell").nth(k);
  return {
    page,
    traffic,
    async run(k, timeout = 60_000) {
      const prompt = cell(k).locator(".jp-InputPrompt");
      const before = await prompt.innerText();
      const end = Date.now() + timeout;
      const ended = (text: string): boolean => text !== before && /\[\d+\]/.test(text);
      for (let now = before; !ended(now); now = await prompt.innerText()) {
        if (Date.now() > end) throw new Error(`cell ${k} did not end within ${timeout / 1000} s; its prompt is ${now}`);
        // Until it has found its kernel JupyterLab drops a request without a word, or after a moment of "[*]".
        if (!now.includes("*")) {
          await cell(k).locator(".cm-content").click();
          await page.keyboard.press("Shift+Enter");
        }
        await page.waitForTimeout(250);
      }
    },
    output: async (k) => (await cell(k).locator(".jp-OutputArea-output").allInnerTexts()).join("\n"),
    async save() {
      await page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="save"]').first().click();
      await page.locator(".jp-mod-dirty").waitFor({ state: "detached", timeout: 10_000 });
    },
  };
}
