import { createHash } from "node:crypto";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { AccountId } from "../../core/ids.ts";
import type { Buckets } from "../../core/ports/buckets.ts";
import type { Check, Cloud, CloudVpcEndpoint, NetworkCheck, WorkspaceParts } from "../../core/ports/cloud.ts";
import { rootPrefix } from "../../core/workspace/decide.ts";
import { type CloudFile, readCloudFile } from "./cloud-file.ts";
import { checkNetworkParts } from "./network-check.ts";

export interface LocalCloudSettings {
  /** The AWS account that has what is not known better. */
  readonly awsAccount: AccountId;
  /** What exists, where somebody has written it down (`cloud-file.ts`); null where nobody has. */
  readonly file: string | null;
}

/** What names of relay endpoints have in them. */
const RELAY = /relay|scc/i;
/** As in AWS's own ids of services. */
const SERVICE_DIGITS = 17;

/** Marks a workspace's root as made; its own key is `<workspace>/.firesteel-workspace`. */
const MARKER = ".firesteel-workspace";

/** The vendor's words (databricks-account-api.md B1, B2, B7; seed 000 L478). */
const UNUSABLE_ROLE =
  "MALFORMED_REQUEST: Failed credential validation checks: please use a valid cross account IAM role with permissions setup correctly";
const LACKING_PERMISSIONS = "MALFORMED_REQUEST: Failed credentials validation checks: ";
const UNUSABLE_BUCKET = "MALFORMED_REQUEST: Failed storage configuration validation checks: ";
const NO_ADDRESS = "The maximum number of addresses has been reached.";

/**
 * The caller's AWS account as this machine has it: buckets are real folders; of everything else only the form is known
 * here, and what a file says exists. Every answer says what it did not look at.
 */
export class LocalCloud implements Cloud {
  readonly #buckets: Buckets;
  readonly #settings: LocalCloudSettings;

  constructor(buckets: Buckets, settings: LocalCloudSettings) {
    this.#buckets = buckets;
    this.#settings = settings;
  }

  async checkCredentials({ credentials }: Pick<WorkspaceParts, "credentials">): Promise<Check> {
    if (credentials === null) return passed();
    const { roleArn } = credentials.body;
    const { roles } = await this.#known();
    if (roles === undefined) return passed(`that role ${roleArn} can be assumed, and its permissions`);
    const role = roles[roleArn];
    if (role === undefined || role.assumable === false) return failed(UNUSABLE_ROLE);
    const missing = role.missingPermissions ?? [];
    if (missing.length > 0) return failed(LACKING_PERMISSIONS + missing.join(", "));
    return passed(
      ...(role.assumable === undefined ? [`that role ${roleArn} can be assumed`] : []),
      ...(role.missingPermissions === undefined ? [`the permissions of role ${roleArn}`] : []),
    );
  }

  async checkStorage({
    storage,
    region,
  }: Pick<WorkspaceParts, "storage"> & { readonly region: string | null }): Promise<Check> {
    if (storage === null) return passed();
    const { bucketName } = storage.body;
    const { buckets } = await this.#known();
    if (buckets === undefined) return passed(`the policy and region of bucket ${bucketName}`);
    const bucket = buckets[bucketName];
    if (bucket === undefined) return failed(`${UNUSABLE_BUCKET}bucket ${bucketName} does not exist`);
    if (region !== null && bucket.region !== undefined && bucket.region !== region)
      return failed(
        `${UNUSABLE_BUCKET}bucket ${bucketName} is in ${bucket.region}, the workspace in ${region}`,
      );
    const missing = bucket.missingPermissions ?? [];
    if (missing.length > 0) return failed(UNUSABLE_BUCKET + missing.join(", "));
    return passed(
      ...(bucket.region === undefined ? [`the region of bucket ${bucketName}`] : []),
      ...(bucket.missingPermissions === undefined ? [`the policy of bucket ${bucketName}`] : []),
    );
  }

  async checkNetwork({ region }: WorkspaceParts, network: AccountObject<"network">): Promise<NetworkCheck> {
    return checkNetworkParts(network.body, region, await this.#known());
  }

  async checkKeys({ keys }: WorkspaceParts): Promise<Check> {
    const { keys: known } = await this.#known();
    const arns = keys.map(({ body }) => body.keyArn);
    if (known === undefined) return passed(...arns.map((arn) => `that key ${arn} is there and may be used`));
    const unusable = arns.find((arn) => known[arn] === undefined || known[arn]?.usable === false);
    if (unusable !== undefined)
      return failed(
        `MALFORMED_REQUEST: Failed key validation checks: key ${unusable} does not exist or its policy does not allow its use`,
      );
    return passed(
      ...arns.filter((arn) => known[arn]?.usable === undefined).map((arn) => `that key ${arn} may be used`),
    );
  }

  async checkPrivateAccess({ privateAccessSettings }: WorkspaceParts): Promise<Check> {
    return privateAccessSettings === null
      ? passed()
      : passed("that requests come through the VPC endpoints of the private access settings");
  }

  async makeWorkspace({ storage, workspace, network, credentials, region }: WorkspaceParts): Promise<Check> {
    const { addresses } = await this.#known();
    const unverified: string[] = [];
    // A VPC that is made for the workspace takes an Elastic IP address for its NAT gateway (seed 000 L476).
    const marker = rootPrefix(workspace) + MARKER;
    if (network === null && credentials !== null) {
      unverified.push("the VPC that is made for the workspace, since none is made here");
      // One that was made before has its address.
      if (addresses !== undefined && !(await this.#isThere(storage, marker))) {
        const quota = addresses[region];
        if (quota === undefined || quota.used >= quota.limit) return failed(NO_ADDRESS);
      }
    }
    if (storage !== null) {
      const { bucketName } = storage.body;
      // Where no file says which buckets there are, one that is not there is made: on this machine that is a folder.
      await this.#buckets.create(bucketName);
      await this.#buckets.put(bucketName, marker, new Uint8Array());
    }
    return passed(...unverified);
  }

  async removeWorkspace({ storage, workspace }: WorkspaceParts): Promise<void> {
    if (storage === null) return;
    const key = rootPrefix(workspace) + MARKER;
    if (await this.#isThere(storage, key)) await this.#buckets.delete(storage.body.bucketName, key);
  }

  async #isThere(storage: WorkspaceParts["storage"], key: string): Promise<boolean> {
    if (storage === null || !(await this.#buckets.exists(storage.body.bucketName))) return false;
    return (await this.#buckets.stat(storage.body.bucketName, key)) !== null;
  }

  /**
   * Where no file knows the endpoints, nothing is known of one but what it is registered as: by its name a relay or
   * else a way to the workspace, as in seed 001.
   */
  async vpcEndpoint(
    region: string,
    awsVpcEndpointId: string,
    name: string,
  ): Promise<CloudVpcEndpoint | null> {
    const { vpcEndpoints } = await this.#known();
    const known = vpcEndpoints?.[awsVpcEndpointId];
    if (vpcEndpoints !== undefined && known?.region !== region) return null;
    const useCase = known?.useCase ?? (RELAY.test(name) ? "DATAPLANE_RELAY_ACCESS" : "WORKSPACE_ACCESS");
    const service = createHash("sha256")
      .update(`${region} ${useCase}`)
      .digest("hex")
      .slice(0, SERVICE_DIGITS);
    return {
      awsAccountId: known?.awsAccountId ?? this.#settings.awsAccount,
      awsEndpointServiceId: known?.service ?? `vpce-svc-${service}`,
      useCase,
      state: known?.state ?? "available",
    };
  }

  /** S3 takes every endpoint; of a service of the customer's own, somebody else has to say so. */
  async privateEndpoint(service: string) {
    const { endpointServices } = await this.#known();
    return endpointServices?.[service] ?? (service.endsWith(".s3") ? "ESTABLISHED" : "PENDING");
  }

  /** Read anew every time: whoever mends the file need not restart the server. */
  async #known(): Promise<CloudFile> {
    return this.#settings.file === null ? {} : readCloudFile(this.#settings.file);
  }
}

const passed = (...unverified: readonly string[]): Check => ({ failure: null, unverified });
const failed = (failure: string): Check => ({ failure, unverified: [] });
