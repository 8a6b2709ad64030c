import { invalidParameter } from "../databricks-errors.ts";

/** A cross-account IAM role (databricks-account-api.md B1). Its external id is always the account's id. */
export interface Credentials {
  readonly roleArn: string;
}

const ROLE_ARN = /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** Throws where the ARN is not that of a role. */
export function checkCredentials({ roleArn }: Credentials): void {
  if (ROLE_ARN.test(roleArn)) return;
  throw invalidParameter(
    `aws_credentials.sts_role.role_arn: '${roleArn}' is not the ARN of an IAM role: give arn:aws:iam::<12 digits>:role/<name>.`,
  );
}
