import type { SendMailOptions } from "nodemailer";
import { isAddress, type Mail, MailRefusedError } from "../core/ports/mail.ts";

/**
 * A mail as nodemailer takes it; nothing of it names a file or an address to fetch. Throws {@link MailRefusedError} where it
 * is not for one recipient: nodemailer would read a list.
 * @param from an address
 */
export function messageOf({ id, to, subject, text, createdAtMs }: Mail, from: string): SendMailOptions {
  if (!isAddress(to))
    throw new MailRefusedError(`${JSON.stringify(to)} is not the address of one recipient.`);
  return {
    // The same at every attempt: RFC 5322 3.6.4, so that whoever gets it twice can tell.
    messageId: `<${id}@${from.slice(from.lastIndexOf("@") + 1)}>`,
    date: new Date(createdAtMs),
    from: { name: "Firesteel", address: from },
    to: { name: "", address: to },
    envelope: { from, to: [to] },
    subject,
    text,
    // RFC 3834: no out-of-office answers.
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
