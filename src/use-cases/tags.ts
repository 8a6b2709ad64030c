import { invalid } from "../core/errors.ts";

/** emr-d.md 2.8. */
const MOST_TAGS = 50;

/**
 * The rules of emr-d.md 2.8 that the wire model does not state. Throws a DomainError of kind `invalid`.
 */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const count = Object.keys(tags).length;
  if (count > MOST_TAGS) throw invalid(`tags: a resource has at most ${MOST_TAGS} tags, not ${count}.`);
  for (const [key, value] of Object.entries(tags)) {
    for (const text of [key, value]) {
      if (/^aws:/i.test(text))
        throw invalid(`tags: '${text}' starts with the reserved prefix aws: choose another.`);
    }
  }
}
