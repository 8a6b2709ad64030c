import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { parseS3Uri } from "../../core/s3-uri.ts";
import type { Context } from "../context.ts";
import { CliError, hasCode, messageOf } from "../errors.ts";
import { fileBytes } from "../file-bytes.ts";
import type { ServerConnection } from "./connection.ts";
import { DEFAULT_CLUSTER, findCluster, requireCluster } from "./lookup.ts";
import { localFiles, planSubmission, type RunValues, type Upload } from "./submission.ts";
import type { VirtualCluster } from "./wire.ts";

export interface SubmittedRun {
  readonly id: string;
  readonly virtualClusterId: string;
}

/** Uploads what the run needs and submits it; prints the id on stdout where it is the command's result. */
export async function submit(
  values: RunValues & { readonly virtualCluster: string | undefined; readonly detach: boolean },
  { client, isLocal }: ServerConnection,
  context: Context,
): Promise<SubmittedRun> {
  const { print, settings } = context;
  const account = settings["aws.accountId"];
  const bucket = `firesteel-${account}`;
  const submission = planSubmission(values, {
    uploadTo: isLocal ? `s3://${bucket}/runs/${uniquePrefix(context.clock.now())}` : null,
    executionRole: isLocal ? `arn:aws:iam::${account}:role/firesteel` : null,
    logUri: isLocal ? `s3://${bucket}/logs/` : null,
  });
  if (isLocal) await upload(submission.uploads, bucket, context);
  const cluster = await clusterFor(values.virtualCluster, { client, isLocal }, context);
  const run = await client.startJobRun(cluster.id, submission.request);
  if (values.detach) {
    print.result({ id: run.id, virtualClusterId: cluster.id, arn: run.arn }, () => run.id);
    print.note(`Follow it with: firesteel emr logs -f ${run.id}`);
  } else print.note(`Run ${run.id} (${submission.request.name}) on virtual cluster ${cluster.name}`);
  return { id: run.id, virtualClusterId: cluster.id };
}

async function clusterFor(
  nameOrId: string | undefined,
  { client, isLocal }: ServerConnection,
  { print }: Context,
): Promise<VirtualCluster> {
  if (nameOrId !== undefined && nameOrId !== DEFAULT_CLUSTER) return requireCluster(client, nameOrId);
  const existing = await findCluster(client, DEFAULT_CLUSTER);
  if (existing !== null) return existing;
  // Elsewhere a cluster needs an EKS cluster and a namespace that only its owner can name.
  if (!isLocal) return requireCluster(client, DEFAULT_CLUSTER);
  const { id } = await client.createVirtualCluster({
    name: DEFAULT_CLUSTER,
    eksClusterId: "local",
    namespace: DEFAULT_CLUSTER,
  });
  print.note(`Made the virtual cluster ${DEFAULT_CLUSTER} (${id})`);
  return client.describeVirtualCluster(id);
}

/** Throws where a file that the run names is not there, before anything is started for it. */
export async function requireFiles(values: RunValues): Promise<void> {
  for (const path of localFiles(values)) {
    const found = await stat(path).catch((error: unknown) => {
      if (hasCode(error, "ENOENT"))
        throw new CliError(`${path}: no such file`, { hint: "Paths start from the current directory." });
      throw new CliError(messageOf(error));
    });
    if (!found.isFile())
      throw new CliError(`${path} is not a file`, { hint: "Name each file, or an archive of them." });
  }
}

async function upload(uploads: readonly Upload[], bucket: string, { host, print }: Context): Promise<void> {
  const buckets = await host.buckets();
  await buckets.create(bucket);
  for (const { path, uri } of uploads) {
    const target = parseS3Uri(uri);
    if (target !== null) await buckets.put(target.bucket, target.key, fileBytes(path));
  }
  const [first] = uploads;
  if (first !== undefined) {
    const others = uploads.length > 1 ? ` and ${uploads.length - 1} more` : "";
    print.note(`Copied ${first.path} to ${first.uri}${others}`);
  }
}

/** Such as `20261122-065537-3fa9c1`: folders of a bucket sort by time. */
function uniquePrefix(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, "").slice(0, 15).replace("T", "-");
  return `${time}-${randomBytes(3).toString("hex")}`;
}
