import type { Clock } from "../core/ports/clock.ts";
import { MailRefusedError, type MailTransport } from "../core/ports/mail.ts";
import { StaleVersionError, type Store } from "../core/ports/store.ts";
import { composeMail, type OutgoingMail } from "../core/workspace/outgoing-mail.ts";
import type { WorkspaceObject } from "../core/workspace/workspace.ts";

/** Mails that are sent side by side. */
const SIDE_BY_SIDE = 4;
/** Mails that are looked at in one round. */
const BATCH = 100;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Nobody else sends a mail for this long after somebody began to: far more than a transport waits for an answer. */
const CLAIM_MS = 300_000;
/** RFC 5321 4.5.4.1: four to five days. */
const GIVE_UP_MS = 4 * 86_400_000;
/** What a mail server says of a refusal may be long, and is shown. */
const MAX_REASON_CHARACTERS = 300;

export interface MailerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly transport: MailTransport;
  /** The workspace's address. */
  readonly workspaceUrl: (workspace: WorkspaceObject["body"]) => string;
  /** Told of each failure; `isFinal` where it is not tried again. */
  readonly onFailure: (mail: OutgoingMail, error: unknown, isFinal: boolean) => void;
}

/**
 * Sends the mails whose intents are stored, at least once each: one that was sent by a server that died before it could
 * say so is sent again, as the same mail. Of several servers on one database the first that claims a mail sends it.
 */
export class Mailer {
  readonly #parts: MailerParts;
  /** Mails that were sent, and of which that could not be stored yet. */
  readonly #delivered = new Set<string>();

  constructor(parts: MailerParts) {
    this.#parts = parts;
  }

  /** Has everything tried at once: whoever starts a server may have mended what kept mail from being sent. */
  async start(): Promise<void> {
    const { store, clock } = this.#parts;
    await store.commit([{ kind: "outgoing-mails-due", dueAtMs: clock.now() }]);
  }

  /** Sends what is due; never beside itself. */
  async run(): Promise<void> {
    const { store, clock } = this.#parts;
    for (;;) {
      const due = await store.outgoingMails.due(clock.now(), LONGEST_RETRY_MS, BATCH);
      let isReachable = true;
      const line = due.values();
      const worker = async () => {
        for (const mail of line) {
          // Behind a server that does not answer every mail would wait its turn for nothing.
          if (!isReachable) return;
          isReachable = await this.#send(mail);
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
      if (!isReachable || due.length < BATCH) return;
    }
  }

  /** Answers whether it is worth trying others. */
  async #send(mail: OutgoingMail): Promise<boolean> {
    const { store, transport, workspaceUrl } = this.#parts;
    const workspace = await store.accountObjects.workspace(mail.workspace);
    // The mail went with it, or will: nobody wants to hear that what they are deleting runs.
    if (workspace === null || workspace.state === "CANCELLING") return this.#done(mail);
    // What could not be written down, such as on a full disk, must not be sent again and again.
    if (this.#delivered.has(mail.id)) return this.#done(mail);
    if (!(await this.#claim(mail))) return true;
    try {
      const { id, name, body } = workspace;
      await transport.deliver(composeMail(mail, { id, name, region: body.region }, workspaceUrl(body)));
    } catch (error) {
      await this.#tryLater(mail, error);
      return error instanceof MailRefusedError;
    }
    this.#delivered.add(mail.id);
    return this.#done(mail);
  }

  /** Answers whether it is this server's to send; whoever dies with it leaves it to be due again. */
  async #claim({ id, dueAtMs }: OutgoingMail): Promise<boolean> {
    const { store, clock } = this.#parts;
    try {
      await store.commit([{ kind: "outgoing-mail-claimed", id, dueAtMs, untilMs: clock.now() + CLAIM_MS }]);
      return true;
    } catch (error) {
      if (error instanceof StaleVersionError) return false;
      throw error;
    }
  }

  async #done({ id }: OutgoingMail): Promise<true> {
    await this.#parts.store.commit([{ kind: "outgoing-mail-done", id }]);
    this.#delivered.delete(id);
    return true;
  }

  async #tryLater(mail: OutgoingMail, error: unknown): Promise<void> {
    const { store, clock, onFailure } = this.#parts;
    const nowMs = clock.now();
    const isFinal = mail.attempts > 0 && nowMs - mail.createdAtMs >= GIVE_UP_MS;
    onFailure(mail, error, isFinal);
    const attempts = mail.attempts + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    const reason = error instanceof Error ? error.message : String(error);
    const lastError = reason.replace(/[\s\p{C}]+/gu, " ").slice(0, MAX_REASON_CHARACTERS);
    await store.commit([
      isFinal
        ? { kind: "outgoing-mail-done", id: mail.id }
        : { kind: "outgoing-mail-failed", id: mail.id, attempts, dueAtMs: nowMs + waitMs, lastError },
    ]);
  }
}
