/** What becomes of Spark properties that do not simply reach Spark. */
export interface PropertyRule {
  /** Keys; a star at the end stands for anything, and one inside for anything without a dot. */
  readonly keys: readonly string[];
  readonly outcome: "honoured" | "ignored" | "refused";
  readonly reason: string;
  /** Where only these values are refused, and the others ignored. */
  readonly refusedValues?: RegExp;
}

const sides = (...names: readonly string[]) =>
  names.flatMap((name) => [`spark.kubernetes.driver.${name}`, `spark.kubernetes.executor.${name}`]);

/**
 * Decided key by key for Spark's "Running on Kubernetes" (the list that emr-b.md L6979 points to): refused is what the
 * guide says StartJobRun does not support (emr-b.md 3.3) and what would change what a job does; ignored is what only
 * says where and how pods run, so that a script written for the service runs here as it is. The first rule that fits
 * counts. All other properties reach Spark as they are.
 */
export const PROPERTY_RULES: readonly PropertyRule[] = [
  {
    keys: ["spark.master", "spark.submit.deployMode"],
    outcome: "refused",
    reason: "the service decides where a job run executes",
  },
  {
    keys: ["spark.kubernetes.context", "spark.kubernetes.driver.master"],
    outcome: "refused",
    reason: "the service decides where a job run executes",
  },
  {
    keys: [
      "spark.kubernetes.authenticate.*",
      "spark.kubernetes.namespace",
      "spark.kubernetes.driver.pod.name",
      "spark.kubernetes.container.image.pullPolicy",
    ],
    outcome: "refused",
    reason: "the service sets it",
  },
  {
    keys: ["spark.kubernetes.container.image", ...sides("container.image")],
    outcome: "refused",
    reason:
      "job runs are processes here, without images: bring what the image holds with --jars, --packages, --py-files or --archives",
  },
  {
    keys: sides("podTemplateFile"),
    outcome: "refused",
    reason: "pod templates are not implemented",
  },
  {
    keys: ["spark.kubernetes.*.volumes.*.spark-local-dir-*"],
    outcome: "ignored",
    reason: "scratch space is the run's own folder",
  },
  {
    keys: sides("volumes.*"),
    outcome: "refused",
    reason: "there is no pod to mount it in: use s3:// addresses, or folders of the setting engine.fileRoots",
  },
  {
    keys: sides("secrets.*", "secretKeyRef.*"),
    outcome: "refused",
    reason: "there are no Kubernetes secrets here: use spark-env, or spark.kubernetes.driverEnv.NAME",
  },
  {
    keys: ["spark.kubernetes.hadoop.configMapName", "spark.kubernetes.kerberos.*"],
    outcome: "refused",
    reason:
      "there are no Kubernetes config maps here, and no Kerberos: use the classification core-site for Hadoop's settings",
  },
  {
    keys: [
      ...sides("pod.featureSteps", "pod.excludedFeatureSteps"),
      "spark.kubernetes.scheduler.volcano.podGroupTemplateFile",
    ],
    outcome: "refused",
    reason: "there are no pods to change",
  },
  {
    keys: ["spark.kubernetes.driverEnv.*"],
    outcome: "honoured",
    reason: "becomes a variable of the driver's environment",
  },
  {
    keys: ["spark.kubernetes.executor.podNamePrefix"],
    outcome: "honoured",
    reason: "names the folders of executors' logs",
  },
  {
    keys: ["spark.kubernetes.pyspark.pythonVersion"],
    outcome: "ignored",
    reason: "the runtime's Python is a Python 3, and there is no other",
    refusedValues: /^(?!\s*3\s*$)/,
  },
  {
    keys: [
      ...sides("label.*", "annotation.*"),
      "spark.kubernetes.driver.service.label.*",
      "spark.kubernetes.driver.service.annotation.*",
    ],
    outcome: "ignored",
    reason:
      "there are no pods to mark; those of vertical autoscaling are ignored as where its operator is missing",
  },
  {
    keys: ["spark.kubernetes.node.selector.*", ...sides("node.selector.*")],
    outcome: "ignored",
    reason: "there is one machine to run on",
  },
  {
    keys: ["spark.kubernetes.scheduler.name", ...sides("scheduler.name")],
    outcome: "ignored",
    reason: "job runs are admitted by this machine's cores and memory",
  },
  {
    keys: [...sides("request.cores", "limit.cores"), "spark.kubernetes.memoryOverheadFactor"],
    outcome: "ignored",
    reason: "cores and memory follow spark.driver.cores, spark.driver.memory and their like of executors",
  },
  {
    keys: sides("podTemplateContainerName"),
    outcome: "ignored",
    reason: "it has no effect on the service either (emr-b.md B38)",
  },
  {
    keys: ["spark.kubernetes.file.upload.path", "spark.kubernetes.jars.avoidDownloadSchemes"],
    outcome: "ignored",
    reason: "the driver reads files where they are: nothing has to be uploaded for it",
  },
  {
    keys: ["spark.kubernetes.local.dirs.tmpfs"],
    outcome: "ignored",
    reason: "scratch space is the run's own folder",
  },
  {
    keys: [
      "spark.kubernetes.container.image.pullSecrets",
      "spark.kubernetes.allocation.*",
      "spark.kubernetes.appKillPodDeletionGracePeriod",
      "spark.kubernetes.configMap.maxSize",
      "spark.kubernetes.driver.connectionTimeout",
      "spark.kubernetes.driver.requestTimeout",
      "spark.kubernetes.driver.ownPersistentVolumeClaim",
      "spark.kubernetes.driver.reusePersistentVolumeClaim",
      "spark.kubernetes.driver.waitToReusePersistentVolumeClaim",
      "spark.kubernetes.driver.service.deleteOnTermination",
      "spark.kubernetes.driver.service.ipFamilies",
      "spark.kubernetes.driver.service.ipFamilyPolicy",
      "spark.kubernetes.dynamicAllocation.deleteGracePeriod",
      "spark.kubernetes.executor.apiPollingInterval",
      "spark.kubernetes.executor.checkAllContainers",
      "spark.kubernetes.executor.decommissionLabel",
      "spark.kubernetes.executor.decommissionLabelValue",
      "spark.kubernetes.executor.deleteOnTermination",
      "spark.kubernetes.executor.disableConfigMap",
      "spark.kubernetes.executor.enablePollingWithResourceVersion",
      "spark.kubernetes.executor.eventProcessingInterval",
      "spark.kubernetes.executor.minTasksPerExecutorBeforeRolling",
      "spark.kubernetes.executor.missingPodDetectDelta",
      "spark.kubernetes.executor.rollInterval",
      "spark.kubernetes.executor.rollPolicy",
      "spark.kubernetes.executor.terminationGracePeriodSeconds",
      "spark.kubernetes.executor.useDriverPodIP",
      "spark.kubernetes.report.interval",
      "spark.kubernetes.submission.*",
      "spark.kubernetes.trust.certificates",
    ],
    outcome: "ignored",
    reason: "it says how pods are made, watched and removed, and there are none",
  },
  {
    keys: ["spark.kubernetes.*"],
    outcome: "refused",
    reason: "this server does not know it",
  },
];

const EXACT = new Map(
  PROPERTY_RULES.flatMap((rule) => rule.keys.filter((key) => !key.includes("*")).map((key) => [key, rule])),
);
const PATTERNS = PROPERTY_RULES.map((rule) => ({
  rule,
  expression: new RegExp(`^(?:${rule.keys.map(expressionOf).join("|")})$`, "s"),
}));

/** A star inside a key stands for one part of it, so that no key takes long to compare. */
function expressionOf(key: string): string {
  return key.replaceAll(".", "\\.").replace(/\*$/, ".+").replaceAll("*", "[^.]+");
}

/** The rule for a property; null where Spark reads it as it is. */
export function propertyRule(key: string): PropertyRule | null {
  const exact = EXACT.get(key);
  if (exact !== undefined) return exact;
  if (!key.startsWith("spark.kubernetes.")) return null;
  return PATTERNS.find(({ expression }) => expression.test(key))?.rule ?? null;
}

/** One line for each reason why properties have no effect here, for the submitter's log. */
export function ignoredProperties(properties: Readonly<Record<string, string>>): string[] {
  const byReason = new Map<string, string[]>();
  for (const key of Object.keys(properties)) {
    const rule = propertyRule(key);
    if (rule?.outcome !== "ignored") continue;
    const keys = byReason.get(rule.reason);
    if (keys === undefined) byReason.set(rule.reason, [key]);
    else keys.push(key);
  }
  return Array.from(byReason, ([reason, keys]) => `${listed(keys)}: no effect here: ${reason}`);
}

const MOST_LISTED = 5;
const LONGEST_KEY = 100;

/** A request may hold thousands of keys, or one of a hundred thousand characters, and the log is for people. */
function listed(keys: readonly string[]): string {
  const more = keys.length - MOST_LISTED;
  const shown = keys.slice(0, MOST_LISTED).map((key) => key.slice(0, LONGEST_KEY).toWellFormed());
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
