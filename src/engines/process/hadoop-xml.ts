import type { Properties } from "./properties-file.ts";

/** Writes a Hadoop configuration file such as `core-site.xml`. */
export function formatHadoopXml(properties: Properties): string {
  const entries = Object.entries(properties).map(
    ([name, value]) =>
      `  <property><name>${escapeXml(name)}</name><value>${escapeXml(value)}</value></property>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n${entries.join("")}</configuration>\n`;
}

function escapeXml(text: string): string {
  return (
    text
      // XML 1.0 has no way to write these characters, not even as references.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
