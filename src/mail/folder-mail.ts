import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { Mail, MailTransport } from "../core/ports/mail.ts";
import { messageOf } from "./message.ts";

export interface FolderMailOptions {
  readonly directory: string;
  /** The sender's address. */
  readonly from: string;
  /** Replaces a file as a whole, and for good. */
  readonly write: (path: string, content: string) => Promise<void>;
}

/** Writes mail into a folder, a file each as RFC 5322 has it, for machines that send none. The same mail is the same file. */
export class FolderMail implements MailTransport {
  readonly #options: FolderMailOptions;
  readonly #composer = createTransport({ streamTransport: true, buffer: true, newline: "windows" });

  constructor(options: FolderMailOptions) {
    this.#options = options;
  }

  async deliver(mail: Mail): Promise<void> {
    const { directory, from, write } = this.#options;
    const { message } = await this.#composer.sendMail(messageOf(mail, from));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await write(join(directory, `${mail.id}.eml`), String(message));
  }
}
