import { createRequire } from "node:module";
import type { TestContext } from "node:test";
import type { Chromium } from "./chromium.ts";

/** The part of puppeteer-core that tests use; it is installed for them alone, so its own types are not here. */
export interface Page {
  setDefaultTimeout(timeoutMs: number): void;
  goto(url: string, options?: { readonly waitUntil: "networkidle0" }): Promise<unknown>;
  url(): string;
  content(): Promise<string>;
  type(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  waitForNavigation(): Promise<unknown>;
  waitForSelector(selector: string): Promise<unknown>;
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "requestfailed", listener: (request: { url(): string }) => void): void;
  on(event: "response", listener: (response: { url(): string; status(): number }) => void): void;
  evaluate<Result>(script: string): Promise<Result>;
}

/** A page that waits for longer than half a minute, as it does by itself: the machine may be busy. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  return page;
}

export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** Half a minute, as it is by itself, may be too short for a Chromium on a busy machine to start. */
const TIMEOUT_MS = 120_000;

interface Driver {
  launch(options: object): Promise<Browser>;
}

/** Starts a Chromium without a window. It runs as root too, since it sees nothing but this test's own pages. */
export function launch({ program, libraries, driver }: Chromium, profile: string): Promise<Browser> {
  const puppeteer = createRequire(import.meta.url)(driver) as { default?: Driver } & Driver; // see above
  return (puppeteer.default ?? puppeteer).launch({
    executablePath: program,
    userDataDir: profile,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    env: { ...process.env, HOME: profile, LD_LIBRARY_PATH: libraries, BROWSER: "" },
    timeout: TIMEOUT_MS,
    protocolTimeout: 2 * TIMEOUT_MS,
  });
}

/** A browser of a test's own, which ends with it. */
export async function testBrowser(test: TestContext, chromium: Chromium, profile: string): Promise<Browser> {
  const browser = await launch(chromium, profile);
  test.after(() => browser.close());
  return browser;
}
