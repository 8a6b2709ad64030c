import { createHash } from "node:crypto";
import type { Downloader } from "./download.ts";

/** A file of a package index, pinned by its hash. */
export interface PinnedFile {
  readonly fileName: string;
  readonly sha256: string;
}

const FROM_PYTHON_3_9: PinnedFile = {
  fileName: "pip-25.3-py3-none-any.whl",
  sha256: "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd",
};
const PYTHON_3_8: PinnedFile = {
  fileName: "pip-25.0.1-py3-none-any.whl",
  sha256: "c46efd13b6aa8279f33f2864459c8ce587ea6a1a59ee20de055868d8f7688f7f",
};

/** The pip for Python 3.`minor`; each knows `--progress-bar raw`. */
export function pipFor(minor: number): PinnedFile {
  return minor >= 9 ? FROM_PYTHON_3_9 : PYTHON_3_8;
}

/**
 * Fetches a wheel of pip from the package index, the way pip would (PEP 503). Throws where the index does not answer, has
 * no such file, or has another one under its name.
 */
export async function fetchPipWheel(
  downloader: Downloader,
  indexUrl: string,
  { fileName, sha256 }: PinnedFile,
): Promise<Buffer> {
  const page = await downloader.get(new URL(`${indexUrl.replace(/\/+$/, "")}/pip/`));
  const link = linkTo(fileName, page.body.toString("utf8"));
  if (link === null) throw new Error(`the package index has no ${fileName}`);
  const { body } = await downloader.get(new URL(link, page.url));
  const found = createHash("sha256").update(body).digest("hex");
  if (found !== sha256) throw new Error(`${fileName} has the sha256 ${found}, not ${sha256}`);
  return body;
}

/** The target of the link to a file in an index page: one anchor for each file, its text the file's name (PEP 503). */
function linkTo(fileName: string, html: string): string | null {
  for (const [, href, text] of html.matchAll(/<a\s[^>]*?href="([^"]*)"[^>]*>([^<]*)<\/a>/gi)) {
    if (text?.trim() === fileName) return href?.replaceAll("&amp;", "&") ?? null;
  }
  return null;
}
