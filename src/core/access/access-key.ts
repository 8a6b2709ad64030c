import type { AccessKeyId, AccountId } from "../ids.ts";

/** An AWS access key. The secret is held encrypted; only the key ring can open it. */
export interface AccessKey {
  readonly id: AccessKeyId;
  readonly account: AccountId;
  /** The principal it signs for, such as `arn:aws:iam::123456789012:user/admin`. */
  readonly principalArn: string;
  /** AES-256-GCM, base64: made and opened by the key ring. */
  readonly encryptedSecret: string;
  readonly state: "Active" | "Inactive";
  readonly createdAtMs: number;
  readonly version: number;
}

/** Who is calling: the answer of authentication. */
export interface Caller {
  readonly account: AccountId;
  readonly principalArn: string;
  readonly accessKeyId: AccessKeyId;
}
