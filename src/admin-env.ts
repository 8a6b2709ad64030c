import { dataPaths, writePrivateFile } from "./cloud/local/data-directory.ts";
import { withFileLock } from "./cloud/local/file-lock.ts";
import type { Settings } from "./config/settings.ts";
import type { OpenAccessKey } from "./use-cases/administrator-key.ts";
import type { OpenFirstAccount } from "./use-cases/databricks/first-account.ts";

/**
 * The text of `admin.env`: all that a client needs as the administrator.
 *
 * @param url where clients reach the server
 * @param trust variables by which clients trust its certificate
 */
export function adminEnv(
  settings: Settings,
  url: string,
  { key, secret }: OpenAccessKey,
  { account, secrets }: OpenFirstAccount,
  trust: Readonly<Record<string, string>> = {},
): string {
  const variables = {
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: settings["aws.region"],
    // boto3 and version 1 of the AWS CLI read only this one (botocore/configprovider.py).
    AWS_DEFAULT_REGION: settings["aws.region"],
    AWS_ACCOUNT_ID: key.account,
    AWS_ENDPOINT_URL_EMR_CONTAINERS: url,
    // Amazon EMR's own API, of which the application UIs of job runs are a part.
    AWS_ENDPOINT_URL_EMR: url,
    DATABRICKS_HOST: url,
    DATABRICKS_ACCOUNT_ID: account.id,
    ...(secrets !== null && {
      DATABRICKS_TOKEN: secrets.token,
      DATABRICKS_USERNAME: secrets.userName,
      DATABRICKS_PASSWORD: secrets.password,
      DATABRICKS_CLIENT_ID: secrets.clientId,
      DATABRICKS_CLIENT_SECRET: secrets.clientSecret,
      // The SDKs refuse an environment with several kinds of credentials that does not say which to use.
      DATABRICKS_AUTH_TYPE: "pat",
    }),
    ...trust,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}\n`)
    .join("");
}

/** Writes `admin.env` of what the store says at that moment, one process at a time: the last to write has read the newest. */
export function writeAdminEnv(dataDir: string, read: () => Promise<string>): Promise<void> {
  const { adminEnv: path, adminEnvLock } = dataPaths(dataDir);
  return withFileLock(adminEnvLock, async () => writePrivateFile(path, await read()));
}

/** As it is where that is one word, since not everybody who reads such files takes quotes off. */
function shellWord(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
