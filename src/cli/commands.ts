import { accountCommands, accountGroups } from "./account/commands.ts";
import type { Command, Example } from "./command.ts";
import { accessKeyCreate } from "./commands/access-key/create.ts";
import { accessKeyDelete } from "./commands/access-key/delete.ts";
import { accessKeyList } from "./commands/access-key/list.ts";
import { accessKeyActivate, accessKeyDeactivate } from "./commands/access-key/state.ts";
import { accountSet } from "./commands/account/set.ts";
import { adminReset } from "./commands/admin/reset.ts";
import { authLogin } from "./commands/auth/login.ts";
import { authLogout } from "./commands/auth/logout.ts";
import { authProfiles } from "./commands/auth/profiles.ts";
import { authToken } from "./commands/auth/token.ts";
import { backupCreate } from "./commands/backup/create.ts";
import { backupRestore } from "./commands/backup/restore.ts";
import { configShow } from "./commands/config/show.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { emrCancel } from "./commands/emr/cancel.ts";
import { emrDescribe } from "./commands/emr/describe.ts";
import { emrList } from "./commands/emr/list.ts";
import { emrLogs } from "./commands/emr/logs.ts";
import { emrReleaseLabels } from "./commands/emr/release-labels.ts";
import { emrRun } from "./commands/emr/run.ts";
import { emrUi } from "./commands/emr/ui.ts";
import { virtualClusterCreate } from "./commands/emr/virtual-cluster/create.ts";
import { virtualClusterDelete } from "./commands/emr/virtual-cluster/delete.ts";
import { virtualClusterDescribe } from "./commands/emr/virtual-cluster/describe.ts";
import { virtualClusterList } from "./commands/emr/virtual-cluster/list.ts";
import { virtualClusterUpdate } from "./commands/emr/virtual-cluster/update.ts";
import { env } from "./commands/env.ts";
import { keysList } from "./commands/keys/list.ts";
import { keysRotate } from "./commands/keys/rotate.ts";
import { ps } from "./commands/ps.ts";
import { reset } from "./commands/reset.ts";
import { runtimeInstall } from "./commands/runtime/install.ts";
import { runtimeList } from "./commands/runtime/list.ts";
import { s3Cat } from "./commands/s3/cat.ts";
import { s3Cp } from "./commands/s3/cp.ts";
import { s3Ls } from "./commands/s3/ls.ts";
import { s3Mb } from "./commands/s3/mb.ts";
import { server } from "./commands/server/run.ts";
import { snapshotDelete } from "./commands/snapshot/delete.ts";
import { snapshotList } from "./commands/snapshot/list.ts";
import { snapshotRestore } from "./commands/snapshot/restore.ts";
import { snapshotSave } from "./commands/snapshot/save.ts";
import { stop } from "./commands/stop.ts";
import { version } from "./commands/version.ts";
import { GROUP_COMMANDS } from "./principals/groups.ts";
import { SERVICE_PRINCIPAL_COMMANDS } from "./principals/service-principals.ts";
import { TOKEN_COMMANDS } from "./principals/tokens.ts";
import { USER_COMMANDS } from "./principals/users.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  demo,
  server,
  stop,
  ps,
  doctor,
  env,
  emrRun,
  emrLogs,
  emrUi,
  emrList,
  emrDescribe,
  emrCancel,
  emrReleaseLabels,
  virtualClusterCreate,
  virtualClusterUpdate,
  virtualClusterList,
  virtualClusterDescribe,
  virtualClusterDelete,
  ...USER_COMMANDS,
  ...SERVICE_PRINCIPAL_COMMANDS,
  ...GROUP_COMMANDS,
  ...TOKEN_COMMANDS,
  authLogin,
  authProfiles,
  authToken,
  authLogout,
  ...accountCommands(),
  accountSet,
  s3Cp,
  s3Ls,
  s3Cat,
  s3Mb,
  runtimeList,
  runtimeInstall,
  accessKeyCreate,
  accessKeyList,
  accessKeyActivate,
  accessKeyDeactivate,
  accessKeyDelete,
  adminReset,
  keysRotate,
  keysList,
  backupCreate,
  backupRestore,
  reset,
  snapshotSave,
  snapshotRestore,
  snapshotList,
  snapshotDelete,
  configShow,
  version,
];

/** Summaries of the groups, by path. */
export const GROUPS: Readonly<Record<string, string>> = {
  emr: "Run Spark jobs through the EMR on EKS API",
  "emr virtual-cluster": "Virtual clusters: where runs belong",
  user: "Users of the account",
  "service-principal": "Service principals of the account: who programs are",
  "service-principal secret": "OAuth secrets of a service principal",
  group: "Groups of the account, and who is in them",
  token: "Personal access tokens of workspaces",
  auth: "Sign in to accounts and workspaces, for the Databricks SDKs too",
  account: "The Databricks account API: workspaces, and what they are made of",
  ...accountGroups(),
  s3: "Buckets and objects of the data directory",
  runtime: "Spark distributions on this machine",
  "access-key": "Keys that sign requests",
  admin: "The first administrator, on the server's machine",
  keys: "Keys that encrypt stored secrets and sign access tokens",
  backup: "Backups of the data directory",
  snapshot: "States of a server for tests, to go back to",
  config: "Settings",
};

export const EXAMPLES: readonly Example[] = [
  { command: "firesteel demo", explanation: "see it work" },
  {
    command: "firesteel emr run my.py --input data.csv",
    explanation: "run your own script on your own file",
  },
  { command: "firesteel server", explanation: "keep a server for boto3, the AWS CLI and Airflow" },
];
