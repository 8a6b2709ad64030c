import { EMR_OPERATIONS } from "../src/contract/emr/operations.ts";
import model from "../src/contract/emr/testdata/model.json" with { type: "json" };
import { code } from "./markdown-table.ts";
import { absentSection, operationSection } from "./parity-members.ts";

/** The parity table of Amazon EMR's own API: what of it concerns job runs on EKS. */
export async function emrParity(): Promise<string> {
  const served = Object.values(EMR_OPERATIONS);
  return [
    "# Amazon EMR (`elasticmapreduce`, API version 2009-03-31)",
    "",
    `${served.length} of ${served.length + model.others.length} operations are served: those that open Spark's pages of a job run, by a URL for a browser. They are all`,
    "`POST /` with `X-Amz-Target: ElasticMapReduce.<operation>`, signed for `elasticmapreduce`: the AWS CLI's `aws emr`, boto3's",
    '`client("emr")`. `src/http/emr/fields.test.ts` sends each member and checks that this table is right.',
    "",
    "Generated from `src/contract/emr` and botocore's model.",
    "",
    "## Members of served operations",
    "",
    "A refusal is an `InvalidRequestException` with the message shown.",
    ...served.flatMap((operation) => operationSection(operation, model)),
    "",
    ...absentSection(served, model),
    "## Operations that are not served",
    "",
    "They answer 501 `NotImplementedException`, `<operation> is not implemented by this server.`:",
    `${model.others.map(code).join(", ")}.`,
    "",
  ].join("\n");
}
