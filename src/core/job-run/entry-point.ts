import { invalid } from "../errors.ts";
import { parseS3Uri } from "../s3-uri.ts";

/** Throws a DomainError of kind `invalid` where an entry point's address is none that a driver can read. */
export function checkEntryPoint(entryPoint: string, member: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(entryPoint)?.[1]?.toLowerCase();
  const shape = "give an s3://bucket/key, local:///path or file:///path address";
  if (scheme === undefined) throw invalid(`${member}: '${entryPoint}' has no scheme: ${shape}.`);
  if (["s3", "s3a", "s3n"].includes(scheme)) {
    const address = parseS3Uri(entryPoint);
    if (address === null || address.key === "")
      throw invalid(`${member}: '${entryPoint}' names no object: ${shape}.`);
    return;
  }
  if (scheme !== "local" && scheme !== "file") {
    throw invalid(`${member}: scheme '${scheme}' is not supported: ${shape}.`);
  }
  if (!/^[a-z]+:\/{1,3}[^/]/i.test(entryPoint))
    throw invalid(`${member}: '${entryPoint}' names no file: ${shape}.`);
}
