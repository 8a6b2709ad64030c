import { invalid } from "../core/errors.ts";

/**
 * The rules of emr-d.md 2.8 that the wire model does not state. Throws a DomainError of kind `invalid`.
 */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    for (const text of [key, value]) {
      if (/^aws:/i.test(text))
        throw invalid(`tags: '${text}' starts with the reserved prefix aws: choose another.`);
    }
  }
}
