/**
 * An object or stream holds less than was appended to it before: somebody cut or removed it. Thrown by `appendAt`,
 * which changes nothing then.
 */
export class CutShortError extends Error {
  override readonly name = "CutShortError";
}
