import type { ApplicationId } from "../../src/core/ids.ts";
import type { Pages, PagesLocation, SparkApplicationIds } from "../../src/core/ports/pages.ts";

/** Pages that are where a test says; by default everything is there. */
export class FakePages implements Pages {
  /** What a history server was shown, in the order of the asking. */
  readonly presented: [historyServer: ApplicationId, application: ApplicationId][] = [];
  readonly locations = new Map<ApplicationId, PagesLocation>();
  readonly recordedIds = new Map<ApplicationId, SparkApplicationIds>();
  hasPages = true;

  async locate(tag: ApplicationId): Promise<PagesLocation> {
    const address = { host: "127.0.0.1", port: 4040, headers: { secret: tag } };
    return this.locations.get(tag) ?? { kind: "open", address };
  }

  async recorded(application: ApplicationId): Promise<SparkApplicationIds> {
    const ids = this.recordedIds.get(application);
    return ids === undefined ? ["local-1"] : ids;
  }

  async present(historyServer: ApplicationId, application: ApplicationId): Promise<SparkApplicationIds> {
    this.presented.push([historyServer, application]);
    return this.recorded(application);
  }

  async answers(): Promise<boolean> {
    return this.hasPages;
  }

  async withdraw(): Promise<void> {}
}
