import type { DocumentedRule } from "../src/contract/databricks/documented-rule.ts";
import { RULES_OF_SCIM } from "../src/contract/databricks/documented-rules-scim.ts";
import { RULES_OF_CONFIGURATIONS } from "../src/contract/databricks-account/documented-rules.ts";
import { RULES_OF_THE_REST } from "../src/contract/databricks-account/documented-rules-rest.ts";
import { RULES_OF_WORKSPACES } from "../src/contract/databricks-account/documented-rules-workspaces.ts";
import { RULES_OF_THE_WORKSPACE_API } from "../src/contract/databricks-workspace/documented-rules.ts";
import { code, table } from "./markdown-table.ts";

const SECTIONS: readonly {
  readonly title: string;
  readonly rules: Readonly<Record<string, DocumentedRule>>;
}[] = [
  { title: "What workspaces are made of", rules: RULES_OF_CONFIGURATIONS },
  { title: "Workspaces", rules: RULES_OF_WORKSPACES },
  { title: "Secrets, logs, usage, apps, network connectivity", rules: RULES_OF_THE_REST },
  { title: "SCIM", rules: RULES_OF_SCIM },
  { title: "Who calls, and a workspace's own API", rules: RULES_OF_THE_WORKSPACE_API },
];

/** Every rule of the specification's tables and what a caller sees of it. */
export async function databricksRules(): Promise<string> {
  return [
    "# Rules of the Databricks APIs",
    "",
    "What is known of the service's rules, row by row, and what this server answers. Sources are sections and rows of the",
    "specification, or a seed and its line. Words in braces stand for what the situation gives.",
    "`src/http/databricks/documented-rules*.test.ts` make each of them arise.",
    "",
    "Generated from the files `documented-rules*.ts` in `src/contract/`.",
    ...SECTIONS.flatMap(({ title, rules }) => [
      "",
      `## ${title}`,
      "",
      ...table(
        ["source", "when", "what the caller sees"],
        Object.values(rules).map((rule) => [rule.source, rule.condition, seen(rule)]),
      ),
    ]),
    "",
  ].join("\n");
}

function seen({ outcome }: DocumentedRule): string {
  switch (outcome.kind) {
    case "refusal":
      return `${outcome.status} ${code(outcome.code)}: ${code(outcome.message)}`;
    case "scim-refusal":
      return `${outcome.status}${outcome.scimType === null ? "" : ` ${code(outcome.scimType)}`}: ${code(outcome.detail)}`;
    case "failed-workspace":
      return `the workspace is FAILED: ${code(outcome.message)}`;
    case "network-finding":
      return `${code(`${outcome.level}_messages`)} of the network, of type ${code(outcome.type)}: ${code(outcome.message)}`;
    case "behaviour":
      return outcome.what;
  }
}
