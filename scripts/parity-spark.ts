import { CLASSIFICATIONS, type Classification, type Release } from "../src/core/job-run/classifications.ts";
import { FLAG_OPTIONS, REFUSED_OPTIONS, VALUE_OPTIONS } from "../src/core/job-run/spark-options.ts";
import { PROPERTY_RULES } from "../src/core/job-run/spark-properties.ts";
import { CLI_FLAGS, CLI_OPTIONS, REFUSED_SQL_OPTIONS } from "../src/core/job-run/spark-sql-options.ts";
import { code, table } from "./markdown-table.ts";

const OUTCOMES = { honoured: "honoured", ignored: "ignored on purpose", refused: "refused" } as const;

/** What becomes of what stands inside members of StartJobRun: options, Spark properties, classifications. */
export function sparkParity(): string[] {
  return [
    "## Options in `sparkSubmitParameters`",
    "",
    `Honoured: ${[...Object.keys(VALUE_OPTIONS), ...FLAG_OPTIONS].toSorted().map(code).join(", ")}. Any other option or argument is`,
    "refused by name.",
    "",
    "What `--files`, `--archives` and `--py-files` name is in the driver's working directory too, as on Kubernetes (SPARK-33748, SPARK-33782): archives",
    "unpacked, under the name behind `#` or their own. Spark 3.4 and newer have all three there, 3.1 to 3.3 archives alone, 3.0 none. What only Spark",
    "can find is not there (other schemes than `s3://`, patterns, percent-encoded addresses), and neither is what `--jars` names; the submitter's log",
    "says so. An archive with a member that leads out of it is refused. Executors that are processes have files and archives in theirs.",
    "",
    ...table(
      ["option", "outcome", "why"],
      Object.entries(REFUSED_OPTIONS).map(([option, why]) => [code(option), "refused", why]),
    ),
    "",
    "## Options in `sparkSqlParameters`",
    "",
    `Those above, but for what is refused below, and those of the Spark SQL CLI: ${[...Object.keys(CLI_OPTIONS), ...CLI_FLAGS].map(code).join(", ")}.`,
    "",
    ...table(
      ["option", "outcome", "why"],
      Object.entries(REFUSED_SQL_OPTIONS).map(([option, why]) => [code(option), "refused", why]),
    ),
    "",
    "## Spark properties",
    "",
    "From `sparkSubmitParameters`, `sparkSqlParameters` and the classification `spark-defaults`; the first row that fits counts, `*` stands for a name of",
    "yours. What is ignored is said in the submitter's log; a refusal is a `ValidationException` that names the property. All",
    "properties that are not here reach Spark as they are.",
    "",
    ...table(
      ["properties", "outcome", "why"],
      PROPERTY_RULES.map(({ keys, outcome, reason, refusedValues }) => [
        keys.map(code).join(", "),
        refusedValues === undefined ? OUTCOMES[outcome] : "ignored on purpose, other values than 3 refused",
        reason,
      ]),
    ),
    "",
    "## Classifications of `applicationConfiguration`",
    "",
    "Any other one, and one that the release does not have, fails the run: `FAILED`, `VALIDATION_ERROR`,",
    "`JobRun submission failed. Classification <name> not supported.`",
    "",
    ...table(
      ["classification", "releases", "property", "outcome", "effect"],
      CLASSIFICATIONS.flatMap(classificationRows),
    ),
    "",
  ];
}

function classificationRows(classification: Classification): string[][] {
  const { name, outcome, effect, keys, releases } = classification;
  const bounds = boundsOf(releases.from, releases.to);
  if (keys === null) return [[code(name), bounds, "any", OUTCOMES[outcome], effect]];
  return keys.map((rule) => [
    code(name),
    bounds,
    `${code(rule.key)}: ${rule.form.wording}`,
    OUTCOMES[rule.outcome],
    rule.effect,
  ]);
}

function boundsOf(from: Release | null, to: Release | null): string {
  if (from === null && to === null) return "all";
  return [from === null ? "" : `from ${from.join(".")}`, to === null ? "" : `to ${to.join(".")}`]
    .filter((bound) => bound !== "")
    .join(" ");
}
