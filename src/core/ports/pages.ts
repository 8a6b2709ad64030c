import type { ApplicationId } from "../ids.ts";

/** Where an application's own web pages answer, and what its requests must carry to be let in. */
export interface PagesAddress {
  readonly host: string;
  readonly port: number;
  /** Headers that prove the server to the pages; never shown to anybody. */
  readonly headers: Readonly<Record<string, string>>;
}

export type PagesLocation =
  | { readonly kind: "open"; readonly address: PagesAddress }
  /** Not yet, or not at this moment. */
  | { readonly kind: "starting" }
  /** There are none; `reason` is a sentence for the user. */
  | { readonly kind: "none"; readonly reason: string };

/**
 * Ids under which Spark's pages know an application, the latest first: empty where it wrote no event log. Null where
 * its event logs have been removed, or were never made.
 */
export type SparkApplicationIds = readonly string[] | null;

/** The web pages of what an engine runs: of a driver while it lives, of history servers after that. */
export interface Pages {
  locate(tag: ApplicationId): Promise<PagesLocation>;
  /** What of an application that has ended could be shown. Throws where it has not ended. */
  recorded(application: ApplicationId): Promise<SparkApplicationIds>;
  /**
   * Lets a history server see the event logs of an application that has ended, and of no other. Repeating it changes
   * nothing. Throws where the application has not ended.
   */
  present(historyServer: ApplicationId, application: ApplicationId): Promise<SparkApplicationIds>;
  /**
   * Whether Spark answers a path of its monitoring API by now: it listens before it has any page, and then says on
   * every one that it is starting.
   */
  answers(tag: ApplicationId, apiPath: string): Promise<boolean>;
  /** Takes from a history server what its owner no longer has. */
  withdraw(historyServer: ApplicationId): Promise<void>;
}

/** An engine's web pages, and what they need to be shown when their driver has ended. */
export interface ApplicationPages {
  readonly pages: Pages;
  /** Full versions of the Sparks that are installed. */
  readonly sparkVersions: () => Promise<readonly string[]>;
}
