import { launch, newPage } from "./chromium-page.ts";

/** A program to name in `BROWSER`: shows an address to a Chromium, logs in there where it is asked to, and goes on. */
const [, , url = ""] = process.argv;
const { CHROMIUM = "{}", CHROMIUM_PROFILE = "", LOG_IN_USER = "", LOG_IN_PASSWORD = "" } = process.env;

const browser = await launch(JSON.parse(CHROMIUM), CHROMIUM_PROFILE);
try {
  const page = await newPage(browser);
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  await page.goto(url);
  const asksPassword = (await page.content()).includes('name="password"');
  if (asksPassword) {
    await page.type("input[name=user_name]", LOG_IN_USER);
    await page.type("input[name=password]", LOG_IN_PASSWORD);
  }
  await Promise.all([page.waitForNavigation(), page.click("button")]);
  const shown = await page.content();
  // A program's answer, or the reason why there is none.
  process.stdout.write(
    `${asksPassword ? "logged in" : "still logged in"}: ${new URL(page.url()).origin}: ${/can close this/.test(shown) ? "done" : `${shown} ${problems}`}\n`,
  );
} finally {
  await browser.close();
}
