import type { AccountObject } from "../../core/account-object/account-object.ts";
import type { Buckets } from "../../core/ports/buckets.ts";
import type { Check, Cloud, CloudVpcEndpoint, NetworkCheck, WorkspaceParts } from "../../core/ports/cloud.ts";
import { rootPrefix } from "../../core/workspace/decide.ts";

/** Marks a workspace's root as made; its own key is `<workspace>/.firesteel-workspace`. */
const MARKER = ".firesteel-workspace";

/**
 * The caller's AWS account as this machine has it: buckets are real folders; of everything else only the form is known
 * here, and every answer says what it did not look at.
 */
export class LocalCloud implements Cloud {
  readonly #buckets: Buckets;

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
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

  async vpcEndpoint(): Promise<CloudVpcEndpoint | null> {
    return null;
  }
}

const passed = (unverified: readonly string[]): Check => ({ failure: null, unverified });
