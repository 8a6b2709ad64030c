import { createHash } from "node:crypto";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { AccountId } from "../../core/ids.ts";
import type { Buckets } from "../../core/ports/buckets.ts";
import type { Check, Cloud, CloudVpcEndpoint, NetworkCheck, WorkspaceParts } from "../../core/ports/cloud.ts";
import { rootPrefix } from "../../core/workspace/decide.ts";

/** What names of relay endpoints have in them. */
const RELAY = /relay|scc/i;
/** As in AWS's own ids of services. */
const SERVICE_DIGITS = 17;

/** Marks a workspace's root as made; its own key is `<workspace>/.firesteel-workspace`. */
const MARKER = ".firesteel-workspace";

/**
 * The caller's AWS account as this machine has it: buckets are real folders; of everything else only the form is known
 * here, and every answer says what it did not look at.
 */
export class LocalCloud implements Cloud {
  readonly #buckets: Buckets;

  readonly #awsAccount: AccountId;

  /** @param awsAccount the AWS account that has what is not known better */
  constructor(buckets: Buckets, awsAccount: AccountId) {
    this.#buckets = buckets;
    this.#awsAccount = awsAccount;
  }

  async checkCredentials({ credentials }: WorkspaceParts): Promise<Check> {
    return passed(
      credentials === null
        ? []
        : [`that role ${credentials.body.roleArn} can be assumed, and its permissions`],
    );
  }

  /** A bucket that is not there is made: on this machine that is a folder, and nobody else could make it. */
  async checkStorage({ storage }: WorkspaceParts): Promise<Check> {
    if (storage === null) return passed([]);
    await this.#buckets.create(storage.body.bucketName);
    return passed([`the policy and region of bucket ${storage.body.bucketName}`]);
  }

  async checkNetwork(_parts: WorkspaceParts, network: AccountObject<"network">): Promise<NetworkCheck> {
    return {
      errors: [],
      warnings: [],
      unverified: [`VPC ${network.body.vpcId}, its subnets and security groups`],
    };
  }

  async checkKeys({ keys }: WorkspaceParts): Promise<Check> {
    return passed(keys.map(({ body }) => `that key ${body.keyArn} is there and may be used`));
  }

  async checkPrivateAccess({ privateAccessSettings }: WorkspaceParts): Promise<Check> {
    return passed(
      privateAccessSettings === null
        ? []
        : ["that requests come through the VPC endpoints of the private access settings"],
    );
  }

  async makeWorkspace({ storage, workspace }: WorkspaceParts): Promise<Check> {
    if (storage !== null) {
      const { bucketName } = storage.body;
      await this.#buckets.put(bucketName, rootPrefix(workspace) + MARKER, new Uint8Array());
    }
    return passed([]);
  }

  async removeWorkspace({ storage, workspace }: WorkspaceParts): Promise<void> {
    if (storage === null) return;
    const { bucketName } = storage.body;
    const key = rootPrefix(workspace) + MARKER;
    if (!(await this.#buckets.exists(bucketName))) return;
    if ((await this.#buckets.stat(bucketName, key)) !== null) await this.#buckets.delete(bucketName, key);
  }

  /**
   * Nothing is known here of an endpoint but what it is registered as: by its name a relay or else a way to the
   * workspace, as in seed 001.
   */
  async vpcEndpoint(
    region: string,
    _awsVpcEndpointId: string,
    name: string,
  ): Promise<CloudVpcEndpoint | null> {
    const useCase = RELAY.test(name) ? "DATAPLANE_RELAY_ACCESS" : "WORKSPACE_ACCESS";
    const service = createHash("sha256")
      .update(`${region} ${useCase}`)
      .digest("hex")
      .slice(0, SERVICE_DIGITS);
    return {
      awsAccountId: this.#awsAccount,
      awsEndpointServiceId: `vpce-svc-${service}`,
      useCase,
      state: "available",
    };
  }
}

const passed = (unverified: readonly string[]): Check => ({ failure: null, unverified });
