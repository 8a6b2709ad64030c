import type { Migration } from "./migration.ts";

/** What retention walks, oldest first. Events need none: they are removed along their primary key. */
export const indexesByAge: Migration = {
  number: 2,
  name: "indexes-by-age",
  statements: () => [
    "create index job_runs_by_end on job_runs (finished_at_ms, id) where finished_at_ms is not null",
    "create index client_tokens_by_age on client_tokens (created_at_ms)",
  ],
};
