import assert from "node:assert/strict";
import type { Page } from "../../support/chromium-page.ts";

/** Spark's pages below a run's, and what stands on each once its scripts have run (Spark 3.5's own identifiers). */
const PAGES: readonly [path: string, shows: string, opens?: string][] = [
  ["jobs/", "#completedJob-table tbody tr"],
  ["jobs/", "#application-timeline .vis-timeline", ".expand-application-timeline"],
  ["jobs/job/?id=0", "#dag-viz-graph svg g.node", ".expand-dag-viz"],
  ["stages/stage/?id=0&attempt=0", "#active-tasks-table tbody tr"],
  ["environment/", "table tbody tr"],
  ["executors/", "#active-executors-table tbody tr"],
];

/** Reads Spark's pages of a run as somebody does: nothing that they need may be missing, refused or broken. */
export async function readsSparkPages(page: Page, url: string): Promise<void> {
  const problems: string[] = [];
  const problem = (...words: readonly unknown[]) => problems.push(`${page.url()}: ${words.join(" ")}`);
  page.on("console", (message) => {
    if (message.type() === "error") problem(message.text());
  });
  page.on("pageerror", ({ message }) => problem(message));
  page.on("requestfailed", (request) => problem("failed:", request.url()));
  page.on("response", (response) => {
    if (response.status() >= 400) problem(response.status(), response.url());
  });
  await page.goto(url, { waitUntil: "networkidle0" });
  assert.match(await page.evaluate("document.title"), /^shown - Spark Jobs/);
  const base = page.url().replace(/jobs\/$/, "");
  for (const [path, shows, opens] of PAGES) {
    await page.goto(base + path, { waitUntil: "networkidle0" });
    if (opens !== undefined) await page.click(opens);
    // That the network rests does not say that the scripts do.
    await page.waitForSelector(shows).catch((cause: unknown) => {
      throw new Error(`${path} shows no ${shows}; ${problems}`, { cause });
    });
  }
  // With its style sheet: the bar of links is none of a bare page's.
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.navbar')).display"), "flex");
  assert.deepEqual(problems, []);
}
