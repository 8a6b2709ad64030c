import { type Machine, xdgDirectory } from "./machine.ts";
import {
  addressList,
  boolean,
  bytes,
  choice,
  directory,
  directoryList,
  issuerList,
  matching,
  number,
  optionalDomain,
  optionalOrigin,
  optionalPath,
  optionalUrl,
  text,
  type ValueType,
} from "./value-types.ts";

/** One setting: a row of the table below, which documentation, flags, variables and files are read against. */
export interface Setting<Value> {
  readonly type: ValueType<Value>;
  readonly description: string;
  /** Unit of the value where it has one. */
  readonly unit?: string;
  defaultFor(machine: Machine): Value;
  /** Variables beside `FIRESTEEL_SECTION_SOME_KEY`, which goes first. */
  readonly furtherVariables?: readonly string[];
  /** The value may hold a password: `config show` hides it. */
  readonly secret?: boolean;
}

function setting<Value>(
  type: ValueType<Value>,
  defaultValue: Value | ((machine: Machine) => Value),
  description: string,
  extra: Pick<Setting<Value>, "unit" | "furtherVariables" | "secret"> = {},
): Setting<Value> {
  const defaultFor = (machine: Machine) =>
    // No setting's value is a function, so a function is always one that computes the default.
    typeof defaultValue === "function"
      ? (defaultValue as (machine: Machine) => Value)(machine)
      : defaultValue;
  return { type, defaultFor, description, ...extra };
}

const days = number("a whole number of days, 0 for ever", { min: 0, whole: true });
const seconds = number("a number of seconds", { min: 0 });
const DEFAULT_MEMORY_SHARE = 0.75;
const MAX_PORT = 65_535;
const GIBIBYTE = 2 ** 30;

/** Every setting there is. */
export const SETTINGS = {
  dataDir: setting(
    directory,
    (machine) => xdgDirectory(machine, "XDG_DATA_HOME"),
    "Where the server keeps its database, keys, buckets and runs",
  ),
  cacheDir: setting(
    directory,
    (machine) => xdgDirectory(machine, "XDG_CACHE_HOME"),
    "Where downloads and installed runtimes are kept, shared by all data directories",
  ),
  "server.host": setting(
    text,
    "127.0.0.1",
    "Address to listen on; localhost is 127.0.0.1 and ::1, :: is every address of IPv6 and IPv4",
  ),
  "server.port": setting(
    number(`a port from 0 to ${MAX_PORT}`, { min: 0, max: MAX_PORT, whole: true }),
    7070,
    "Port to listen on; 0 takes a free one",
  ),
  "server.domain": setting(
    optionalDomain,
    "",
    "Domain below which each workspace has a host name of its own; empty where they have ports, or share the server's address",
  ),
  "server.publicUrl": setting(
    optionalOrigin,
    "",
    "Where clients reach the server, if that is not where it listens, such as behind a proxy",
  ),
  "server.trustedProxies": setting(
    addressList,
    [],
    "Addresses and ranges of proxies whose X-Forwarded-For, -Host and -Proto are believed",
  ),
  "tls.enabled": setting(boolean, false, "Whether the server speaks HTTPS, and nothing else"),
  "tls.cert": setting(
    optionalPath,
    "",
    "The server's certificate and those between it and its authority, in PEM; empty has a local authority issue one",
  ),
  "tls.key": setting(optionalPath, "", "The private key of tls.cert, in PEM"),
  "server.shutdownGraceSeconds": setting(seconds, 10, "How long requests in flight may take after SIGTERM", {
    unit: "seconds",
  }),
  "server.allowReset": setting(
    boolean,
    false,
    "Whether the administrator may reset the server and restore snapshots, which ends all drivers and forgets all runs",
  ),
  "database.url": setting(text, "", "PostgreSQL to keep state in; empty keeps it in SQLite under dataDir", {
    furtherVariables: ["DATABASE_URL"],
    secret: true,
  }),
  "aws.accountId": setting(
    matching(/^\d{12}$/, "an AWS account id of 12 digits"),
    "123456789012",
    "The first AWS account: the owner of the administrator's key",
  ),
  "aws.region": setting(
    matching(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region name such as us-east-1"),
    "us-east-1",
    "Region that admin.env names; the server answers every region",
  ),
  "cloud.local.file": setting(
    optionalPath,
    "",
    "A JSON file that says what exists in the cloud of workspaces: networks, roles, buckets, keys, quotas; empty for none",
  ),
  "audit.deliverySeconds": setting(
    number("a number of seconds, at least 1", { min: 1 }),
    900,
    "How often audit logs go to the buckets of log delivery configurations; usage goes once a day",
    { unit: "seconds" },
  ),
  "azure.entraIssuers": setting(
    issuerList,
    [],
    "Issuers of Microsoft Entra ID whose tokens sign in to every account and workspace, such as https://sts.windows.net/<tenant>/; empty for none",
  ),
  "engine.fileRoots": setting(
    directoryList,
    [],
    "Directories of this machine that drivers see, and the only ones that file:// may name",
  ),
  "engine.process.memory": setting(
    choice(["share", "strict"]),
    "share",
    "What happens to a run that asks for more memory than the budget: it gets less, or it fails",
  ),
  "engine.process.memoryBudget": setting(
    bytes,
    (machine) => Math.floor(machine.memoryBytes * DEFAULT_MEMORY_SHARE),
    "Memory that all drivers together may claim; default three quarters of the machine's",
    { unit: "bytes" },
  ),
  "engine.process.cores": setting(
    number("a whole number of cores, at least 1", { min: 1, whole: true }),
    (machine) => machine.cores,
    "Cores that runs share; default the machine's",
  ),
  "engine.process.coreShare": setting(
    number("a number, at least 1", { min: 1 }),
    2,
    "How many times each core may be promised to runs at once",
  ),
  "engine.process.sandbox": setting(
    choice(["auto", "required", "off"]),
    "auto",
    "Whether drivers are kept apart from this machine and from each other: where it can be had, always (a run fails where it cannot), or never",
  ),
  "engine.process.network": setting(
    choice(["host", "none"]),
    "host",
    "What network a sandboxed driver has: the machine's, or only itself",
  ),
  "engine.process.memoryOverhead": setting(
    bytes,
    GIBIBYTE,
    "Memory that a sandboxed run may use beside 1.4 times its heap; one that uses more is ended",
    { unit: "bytes" },
  ),
  "engine.process.maxProcesses": setting(
    number("a whole number, at least 256", { min: 256, whole: true }),
    4096,
    "Processes and threads of a sandboxed run; one that reaches it is ended",
  ),
  "engine.process.maxFileBytes": setting(
    bytes,
    256 * GIBIBYTE,
    "Size of any one file that a driver writes; a larger write fails",
    { unit: "bytes" },
  ),
  "engine.process.maxRunDiskBytes": setting(
    bytes,
    64 * GIBIBYTE,
    "Disk space of a run's own directories (work, scratch and home); a run that takes more is ended",
    { unit: "bytes" },
  ),
  "engine.process.maxLogBytes": setting(
    bytes,
    GIBIBYTE / 4,
    "What is kept of each of a driver's outputs; of a longer one, the beginning and the end",
    { unit: "bytes" },
  ),
  "engine.process.executors": setting(
    choice(["inside", "separate"]),
    "inside",
    "Where a run's executors are: threads of its driver, or processes of their own with logs of their own",
  ),
  "engine.trustJobs": setting(
    boolean,
    false,
    "Allows what is refused where drivers cannot be sandboxed: a server.host that other machines reach, and a second AWS account",
  ),
  "engine.process.classArchive": setting(
    boolean,
    true,
    "Whether an archive of Spark's classes is made in the background, once a runtime, so that drivers start sooner",
  ),
  "engine.process.ui": setting(
    boolean,
    true,
    "Whether drivers of runs with persistentAppUI have Spark's web pages, which only this server can open",
  ),
  "engine.killGraceSeconds": setting(seconds, 30, "How long a cancelled driver may take to end by itself", {
    unit: "seconds",
  }),
  "runtimes.autoInstall": setting(
    boolean,
    true,
    "Whether a missing Spark is installed when a run asks for it",
  ),
  "runtimes.python": setting(optionalPath, "", "Python that runtimes are made with; empty searches for one"),
  "runtimes.javaHome": setting(
    optionalPath,
    "",
    "Java home to run Spark on; empty searches, then installs one",
  ),
  "runtimes.substitute": setting(
    choice(["python", "always", "never"]),
    "python",
    "When a newer Spark runs a label's jobs, and says so: where every Python here is too new for its own, always where its own cannot be had, or never",
  ),
  "runtimes.mavenRepository": setting(
    matching(/^https?:\/\/\S+$/, "an http:// or https:// address"),
    "https://repo1.maven.org/maven2",
    "Maven repository for Java libraries",
  ),
  "logs.uploadIntervalSeconds": setting(
    number("a number of seconds above 0", { min: 0.1 }),
    2,
    "How often a running driver's logs are delivered",
    { unit: "seconds" },
  ),
  "logs.giveUpAfterSeconds": setting(
    seconds,
    300,
    "How long an ended run waits for the delivery of its logs before it says that they are incomplete",
    { unit: "seconds" },
  ),
  "ui.sessionMinutes": setting(
    number("a number of minutes above 0", { min: 1 }),
    720,
    "How long a browser may read a run's pages before somebody asks for them anew",
    { unit: "minutes" },
  ),
  "ui.historyServerIdleMinutes": setting(
    number("a number of minutes above 0", { min: 0.1 }),
    15,
    "How long an account's Spark history server stays when nobody reads its pages",
    { unit: "minutes" },
  ),
  "ui.historyServerMemory": setting(
    bytes,
    GIBIBYTE / 2,
    "Heap of an account's Spark history server; it is no part of the memory budget of runs",
    { unit: "bytes" },
  ),
  "mail.smtp": setting(
    optionalUrl(["smtp:", "smtps:"]),
    "",
    "SMTP server that e-mail is handed to: smtps://USER:PASSWORD@HOST or smtp://HOST:25; empty writes it into outbox/ of dataDir",
    { secret: true },
  ),
  "mail.from": setting(
    matching(/^[^\s\p{C}@<>,;:"]+@[^\s\p{C}@<>,;:"]+$/u, "an e-mail address"),
    "firesteel@localhost",
    "Sender of e-mail",
  ),
  "storage.minFreeBytes": setting(
    bytes,
    256 * 1024 * 1024,
    "Free room on the data directory's disk below which new runs wait in PENDING",
    { unit: "bytes" },
  ),
  "retention.runsDays": setting(days, 365, "How long an ended run can be described and listed; 0 keeps it", {
    unit: "days",
  }),
  "retention.runDirectoriesDays": setting(
    days,
    30,
    "How long an ended run keeps its directory: output, Spark event log, work files; 0 as long as the run",
    { unit: "days" },
  ),
  "retention.eventsDays": setting(days, 90, "How long stored events are kept; 0 keeps them", {
    unit: "days",
  }),
  "retention.clientTokensDays": setting(
    days,
    30,
    "How long a client token is remembered; 0 as long as what it made",
    { unit: "days" },
  ),
  "retention.auditDays": setting(days, 365, "How long audit files are kept; 0 keeps them", { unit: "days" }),
  "log.level": setting(
    choice(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    "info",
    "Least severe entry of the server's own log",
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** Every setting's value: `settings["server.port"]`. */
export type Settings = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

// The cast widens nothing: these are exactly the table's keys.
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** `engine.killGraceSeconds` → `FIRESTEEL_ENGINE_KILL_GRACE_SECONDS`. */
export function variableOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(".", "_");
  return `FIRESTEEL_${words.toUpperCase()}`;
}
