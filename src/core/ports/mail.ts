/** An e-mail to one person. */
export interface Mail {
  /** The same at every attempt, and no other mail's: letters, digits and hyphens. */
  readonly id: string;
  /** One address, `local@domain`. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly createdAtMs: number;
}

/** Where e-mail goes. */
export interface MailTransport {
  /**
   * Resolves once somebody else is responsible for the mail. One with the same id may come again after a crash: it is the
   * same mail. Rejects with a reason for the operator.
   */
  deliver(mail: Mail): Promise<void>;
}

/** The mail was refused as it is, by a server that may take others. */
export class MailRefusedError extends Error {
  override readonly name = "MailRefusedError";
}

/** RFC 5321 4.5.3.1.3: of a path, without its brackets. */
const MAX_ADDRESS_CHARACTERS = 254;
/** Without quoting, comments, literals and lists: it can be nothing but one recipient. */
const ADDRESS = /^[^\s\p{C}@<>()[\]\\,;:"]+@[^\s\p{C}@<>()[\]\\,;:"]+$/u;

/** Whether a text is the address of one recipient, in the plain form that all of them have in practice. */
export function isAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS_CHARACTERS && ADDRESS.test(text);
}
