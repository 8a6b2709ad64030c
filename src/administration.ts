import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { adminEnv, writeAdminEnv } from "./admin-env.ts";
import type { Administration, KeyStates, ResetAdministrators, RotatedKeys } from "./cli/administration.ts";
import { parseShellAssignments, readAdminEnv } from "./cli/machine/admin-env.ts";
import { runningServer } from "./cli/machine/server-record.ts";
import { newAccessKeyMaterial } from "./cloud/local/access-key-material.ts";
import { AuditFile } from "./cloud/local/audit-file.ts";
import { dataPaths } from "./cloud/local/data-directory.ts";
import { RandomIds } from "./cloud/local/ids.ts";
import { FileKeyRing } from "./cloud/local/key-ring.ts";
import { newSigningKey } from "./cloud/local/signing-key-pair.ts";
import { systemClock } from "./cloud/local/system-clock.ts";
import { publicUrl } from "./config/addresses.ts";
import type { Settings } from "./config/settings.ts";
import { retiresAtMs } from "./core/access/signing-key.ts";
import { ACCOUNT_STATE } from "./core/account-object/account.ts";
import { type AccountId, accountId } from "./core/ids.ts";
import type { Json } from "./core/json.ts";
import type { Store } from "./core/ports/store.ts";
import { sealedSecrets } from "./sealed-secrets.ts";
import { openStore } from "./store/open-store.ts";
import { trustVariables } from "./tls-parts.ts";
import { administratorKey } from "./use-cases/administrator-key.ts";
import { firstAccount } from "./use-cases/databricks/first-account.ts";
import { machineAuditRecord } from "./use-cases/databricks/machine-audit.ts";
import { resetAdministrator, setPassword } from "./use-cases/databricks/reset-administrator.ts";
import { addSigningKey, encryptAnew, RING_KEY_KEPT_MS, retireSigningKeys } from "./use-cases/rotate-keys.ts";

const clock = systemClock;

/** Works on the store and the files of a data directory, beside its server where one runs. */
export class LocalAdministration implements Administration {
  readonly #settings: Settings;
  readonly #ids = new RandomIds(clock);

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  rotateKeys(kinds: { readonly atRest: boolean; readonly signing: boolean }): Promise<RotatedKeys> {
    return this.#open(async (store, ring) => {
      const added = kinds.atRest ? await ring.add(clock.now()) : null;
      const encryptedAnew = kinds.atRest
        ? await encryptAnew(ring, sealedSecrets(store, this.#settings.dataDir))
        : 0;
      if (kinds.signing) {
        await retireSigningKeys(store, clock.now());
        await addSigningKey(store, (nowMs) => newSigningKey(this.#ids.uuid(), ring, nowMs), clock.now());
      }
      const states = await keyStates(store, ring);
      // A data directory of the first version has no account before its next server starts.
      const [account] = await store.accountObjects.inStates("account", [ACCOUNT_STATE]);
      await this.#audit(account?.account ?? null, "rotateKeys", {
        at_rest_key: added?.id ?? null,
        signing_key: kinds.signing ? (states.signing.at(-1)?.id ?? null) : null,
        encrypted_anew: encryptedAnew,
      });
      return { ...states, encryptedAnew };
    });
  }

  keys(): Promise<KeyStates> {
    return this.#open(keyStates);
  }

  resetAdministrator(account: string | null): Promise<ResetAdministrators> {
    return this.#open(async (store, keyRing) => {
      const reset = await resetAdministrator(this.#dependencies(store, keyRing), account);
      const path = await this.#writeAdminEnv(store, keyRing);
      const { revoked, secrets, user, servicePrincipal } = reset;
      await this.#audit(reset.account.account, "resetAdministrator", {
        user_id: user.id,
        user_name: user.name,
        service_principal_id: servicePrincipal.id,
        revoked,
      });
      return {
        account: reset.account.id,
        userName: secrets.userName,
        password: secrets.password,
        clientId: secrets.clientId,
        adminEnv: path,
        revoked,
        accountFederationPolicies: reset.accountFederationPolicies.map(({ policyId, trust }) => ({
          policyId,
          issuer: trust.issuer,
        })),
      };
    });
  }

  setPassword(account: string | null, userName: string, password: string): Promise<void> {
    return this.#open(async (store, keyRing) => {
      const dependencies = this.#dependencies(store, keyRing);
      const { user, isOfAdminEnv } = await setPassword(dependencies, account, userName, password);
      if (isOfAdminEnv) await this.#writeAdminEnv(store, keyRing);
      await this.#audit(user.account, "setPassword", { user_id: user.id, user_name: user.name });
    });
  }

  #dependencies(store: Store, keyRing: FileKeyRing) {
    return { store, clock, ids: this.#ids, keyRing, randomBytes };
  }

  /** As the server writes it; addresses and certificates stay as they are in the present one. */
  async #writeAdminEnv(store: Store, keyRing: FileKeyRing): Promise<string> {
    const settings = this.#settings;
    const { adminEnv: path } = dataPaths(settings.dataDir);
    const key = await administratorKey(
      { store, keyRing, clock, newKey: newAccessKeyMaterial },
      accountId(settings["aws.accountId"]),
    );
    const present = await readAdminEnv(settings.dataDir);
    const url = present?.get("DATABRICKS_HOST") ?? (await this.#url());
    const trust = settings["tls.enabled"] ? trustVariables(settings.dataDir) : {};
    await writeAdminEnv(settings.dataDir, async () => {
      const account = await firstAccount(this.#dependencies(store, keyRing));
      const certificates = present === null ? trust : without(present, adminEnv(settings, url, key, account));
      return adminEnv(settings, url, key, account, certificates);
    });
    return path;
  }

  async #url(): Promise<string> {
    const server = await runningServer(this.#settings.dataDir);
    const port = server === null ? this.#settings["server.port"] : Number(new URL(server.url).port);
    return publicUrl(this.#settings, port);
  }

  /** Throws where no server has run on the data directory. */
  async #open<Answer>(use: (store: Store, keyRing: FileKeyRing) => Promise<Answer>): Promise<Answer> {
    const { dataDir } = this.#settings;
    const paths = dataPaths(dataDir);
    if ((await stat(paths.nodeId).catch(() => null)) === null)
      throw new Error(`no server has run on ${dataDir} yet: start one, or name another --data-dir`);
    const keyRing = await FileKeyRing.open(paths.keyFile, { mayMake: false });
    const store = await openStore({ databaseUrl: this.#settings["database.url"], file: paths.database });
    try {
      return await use(store, keyRing);
    } finally {
      await store.close();
    }
  }

  async #audit(
    account: AccountId | null,
    action: string,
    parameters: { readonly [name: string]: Json },
  ): Promise<void> {
    const problems: unknown[] = [];
    const file = new AuditFile({
      directory: dataPaths(this.#settings.dataDir).audit,
      clock,
      onProblem: (_message, cause) => problems.push(cause),
    });
    const requestId = this.#ids.uuid();
    file.record(machineAuditRecord({ account, action, parameters, atMs: clock.now(), requestId }));
    await file.close();
    const [cause] = problems;
    if (cause !== undefined) throw new Error("it is done, but no audit record could be written", { cause });
  }
}

/** The variables of one file that another text of its kind does not set. */
function without(present: ReadonlyMap<string, string>, text: string): Readonly<Record<string, string>> {
  const set = parseShellAssignments(text);
  return Object.fromEntries([...present].filter(([name]) => !set.has(name)));
}

async function keyStates(store: Store, ring: FileKeyRing): Promise<KeyStates> {
  const signing = await store.signingKeys.list();
  const atRest = ring.keys();
  return {
    atRest: atRest.map(({ id, madeAtMs }, index) => {
      const next = atRest[index + 1];
      return {
        id,
        createdAtMs: madeAtMs === 0 ? null : madeAtMs,
        retiresAtMs: next === undefined ? null : next.madeAtMs + RING_KEY_KEPT_MS,
      };
    }),
    signing: signing.map(({ id, createdAtMs }) => ({
      id,
      createdAtMs,
      retiresAtMs: retiresAtMs(signing, id),
    })),
  };
}
