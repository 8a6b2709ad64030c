import { randomBytes } from "node:crypto";
import { steadyClock } from "./cloud/local/system-clock.ts";
import type { Settings } from "./config/settings.ts";
import type { Engine } from "./core/ports/engine.ts";
import type { ApplicationPages } from "./core/ports/pages.ts";
import { applicationUiUseCases } from "./use-cases/application-uis.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";
import { HistoryServers } from "./use-cases/history-servers.ts";
import { type RequestGate, throughGate } from "./use-cases/request-gate.ts";
import { UiSessions } from "./use-cases/ui-sessions.ts";

const MINUTE_MS = 60_000;
/** For a browser to start and open the address that it was given. */
const UI_URL_MS = 5 * MINUTE_MS;
const UI_SESSIONS_PER_ACCOUNT = 1_000;
const UI_SECRET_BYTES = 32;

/** Spark's pages of what an engine runs, and the history servers behind them. Null where the engine has no pages. */
export function applicationUis(
  settings: Settings,
  parts: { readonly engine: Engine; readonly applicationPages?: ApplicationPages },
  dependencies: Dependencies,
  gate: RequestGate,
) {
  if (parts.applicationPages === undefined) return null;
  const { pages, sparkVersions } = parts.applicationPages;
  const historyServers = new HistoryServers({
    dependencies,
    engine: parts.engine,
    pages,
    sparkVersions,
    steady: steadyClock,
    settings: {
      memoryBytes: settings["ui.historyServerMemory"],
      idleMs: settings["ui.historyServerIdleMinutes"] * MINUTE_MS,
    },
  });
  const sessions = new UiSessions(
    {
      urlMs: UI_URL_MS,
      sessionMs: settings["ui.sessionMinutes"] * MINUTE_MS,
      mostPerAccount: UI_SESSIONS_PER_ACCOUNT,
    },
    steadyClock,
    () => randomBytes(UI_SECRET_BYTES).toString("base64url"),
  );
  const { store } = dependencies;
  const useCases = applicationUiUseCases({ store, pages, historyServers, sessions, steady: steadyClock });
  const { createUi, describeUi, openUi, placeOf } = useCases;
  const gated = throughGate({ createUi, describeUi, openUi, placeOf }, gate);
  return { historyServers, useCases: { ...useCases, ...gated } };
}
