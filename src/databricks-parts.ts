import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import { dataPaths, writePrivateFile } from "./cloud/local/data-directory.ts";
import { JoseForeignTokens } from "./cloud/local/jose-foreign-tokens.ts";
import { LocalCloud } from "./cloud/local/local-cloud.ts";
import { steadyClock } from "./cloud/local/system-clock.ts";
import { hasWorkspacePorts, isLoopback, listenAddresses, workspaceUrl } from "./config/addresses.ts";
import type { Settings } from "./config/settings.ts";
import { accountId } from "./core/ids.ts";
import type { AuditTrail } from "./core/ports/audit.ts";
import type { Buckets } from "./core/ports/buckets.ts";
import type { MailTransport } from "./core/ports/mail.ts";
import type { RuntimeSupport } from "./core/ports/runtimes.ts";
import { WORKSPACE_STATES } from "./core/workspace/workspace.ts";
import { AccountLogDeliverer } from "./effects/account-log-delivery.ts";
import { Mailer } from "./effects/mailer.ts";
import { Provisioner } from "./effects/provisioner.ts";
import { Trigger } from "./effects/trigger.ts";
import type { DatabricksOptions } from "./http/databricks/account.ts";
import type { MakeServer } from "./http/shared/make-server.ts";
import { WorkspaceListeners } from "./http/workspace-listeners.ts";
import { FolderMail } from "./mail/folder-mail.ts";
import { SmtpMail } from "./mail/smtp-mail.ts";
import type { DatabricksDependencies } from "./use-cases/databricks/context.ts";
import { databricksUseCases } from "./use-cases/databricks/use-cases.ts";
import { type RequestGate, throughGate } from "./use-cases/request-gate.ts";

/** Provisioning that could not go on is tried again this often, and e-mail is looked for. */
const RETRY_MS = 10_000;

export interface DatabricksServer {
  readonly http: Omit<DatabricksOptions, "audit" | "clock">;
  /** Opens the workspaces' ports and goes on with what is being made; once the main listener has its port. */
  start(mainPort: number): Promise<void>;
  /** Opens the ports of the workspaces that there are now, and closes all others, after the store's rows were replaced. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export interface DatabricksServerParts {
  readonly dependencies: Omit<DatabricksDependencies, "entraIssuers" | "foreignTokens">;
  readonly buckets: Buckets;
  /** The audit records of this machine, and which machine it is. */
  readonly trail: AuditTrail;
  readonly node: string;
  readonly runtimes: RuntimeSupport;
  readonly logger: Logger;
  readonly settings: Settings;
  /** Serves a request as the main listener does. */
  readonly serve: RequestListener;
  /** Makes a listener like the main one. */
  readonly makeServer: MakeServer;
  /** What replaces all that the server holds waits for who is inside. */
  readonly gate: RequestGate;
}

/** Puts the Databricks dialects together: use cases, workspaces' ports, provisioner. */
export function databricksServer(parts: DatabricksServerParts): DatabricksServer {
  const { dependencies, runtimes, logger, settings, serve, makeServer } = parts;
  const { store, clock } = dependencies;
  let mainPort = 0;
  const ports = new WorkspaceListeners({
    hosts: hasWorkspacePorts(settings) ? listenAddresses(settings["server.host"]) : [],
    serve,
    makeServer,
    onTaken: (workspace, port, error) =>
      logger.warn({ err: error, workspace, port }, "a workspace's own port is taken; it is tried again"),
    onFreed: (workspace, port) =>
      logger.info({ workspace, port }, "a workspace answers on its own port again"),
  });
  const cloud = new LocalCloud(parts.buckets, {
    awsAccount: accountId(settings["aws.accountId"]),
    file: settings["cloud.local.file"] === "" ? null : settings["cloud.local.file"],
  });
  const foreignTokens = new JoseForeignTokens(clock, {
    // Behind a tunnel, those who administer an account need not be on this machine.
    loopback: isLoopback(settings["server.host"]) && settings["server.publicUrl"] === "",
    nowMs: () => steadyClock.now(),
  });
  const mailer = new Mailer({
    store,
    clock,
    transport: mailTransport(settings),
    workspaceUrl: (workspace) => storedUrl(workspace),
    onFailure: (mail, error, isFinal) =>
      logger.warn(
        { err: error, workspace: mail.workspace },
        isFinal ? "an e-mail could not be sent for days; it is given up" : "an e-mail is tried again",
      ),
  });
  const mailing = new Trigger(
    () => parts.gate.pass(() => mailer.run()),
    (error) => logger.error({ err: error }, "the mailer failed; it goes on"),
  );
  const provisioner = new Provisioner({
    store,
    clock,
    cloud,
    ports,
    wakeMailer: () => mailing.fire(),
    onError: (workspace, error) => logger.warn({ err: error, workspace }, "provisioning is tried again"),
  });
  const provisioning = new Trigger(
    () => parts.gate.pass(() => provisioner.run()),
    (error) => logger.error({ err: error }, "the provisioner failed; it goes on"),
  );
  const stopping = new AbortController();
  const intervalMs = settings["audit.deliverySeconds"] * 1000;
  const logDeliverer = new AccountLogDeliverer({
    store,
    clock,
    cloud,
    buckets: parts.buckets,
    trail: parts.trail,
    node: parts.node,
    intervalMs,
    stopping: stopping.signal,
    onError: (configuration, error) =>
      logger.warn({ err: error, configuration }, "logs could not be delivered; it is tried again"),
  });
  const delivering = new Trigger(
    () => parts.gate.pass(() => logDeliverer.run()),
    (error) => logger.error({ err: error }, "log delivery failed; it goes on"),
  );
  let deliveries: NodeJS.Timeout | undefined;
  const presentUrl: DatabricksOptions["presentUrl"] = (workspace) =>
    workspaceUrl(settings, mainPort, workspace);
  const storedUrl: DatabricksOptions["workspaceUrl"] = (workspace) => workspace.url ?? presentUrl(workspace);
  const goOn = () => {
    provisioning.fire();
    mailing.fire();
  };
  let retries: NodeJS.Timeout | undefined;
  const openPorts = async () => {
    const workspaces = await store.accountObjects.inStates("workspace", WORKSPACE_STATES);
    for (const { id, body } of workspaces) if (body.port !== null) await ports.open(id, body.port);
    const moved = workspaces.filter(({ body }) => storedUrl(body) !== presentUrl(body));
    if (moved.length > 0) {
      const [first] = moved;
      logger.warn(
        {
          workspaces: moved.length,
          such: first?.id,
          url: first?.body.url,
          now: first && presentUrl(first.body),
        },
        "workspaces have URLs that these settings do not lead to: change the settings back, or update the workspaces",
      );
    }
  };
  return {
    http: {
      useCases: throughGate(
        databricksUseCases({
          ...dependencies,
          foreignTokens,
          entraIssuers: settings["azure.entraIssuers"],
          cloud,
          ports,
          runtimes,
          presentUrl,
          wake: () => provisioning.fire(),
        }),
        parts.gate,
      ),
      workspaceUrl: storedUrl,
      presentUrl,
      domain: settings["server.domain"] || null,
      generation: () => store.generation(),
    },
    async start(port) {
      mainPort = port;
      await openPorts();
      delivering.fire();
      // Which of them are due, the stored times say: a server that starts does not begin to count anew.
      deliveries = setInterval(() => delivering.fire(), Math.min(RETRY_MS, intervalMs));
      await mailer.start();
      goOn();
      retries = setInterval(goOn, RETRY_MS);
    },
    async reload() {
      await ports.closeAll();
      await openPorts();
      goOn();
    },
    async stop() {
      clearInterval(retries);
      clearInterval(deliveries);
      stopping.abort();
      await Promise.all([provisioning.stop(), delivering.stop()]);
      await mailing.stop();
      await ports.end();
    },
  };
}

function mailTransport(settings: Settings): MailTransport {
  const { "mail.smtp": smtp, "mail.from": from, dataDir } = settings;
  return smtp === ""
    ? new FolderMail({ directory: dataPaths(dataDir).outbox, from, write: writePrivateFile })
    : new SmtpMail({ url: new URL(smtp), from });
}
