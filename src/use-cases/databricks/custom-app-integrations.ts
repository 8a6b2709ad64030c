import { hashOfToken, newSecret } from "../../core/access/personal-access-token.ts";
import { SECRET_PREFIX } from "../../core/access/service-principal-secret.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import {
  type CustomAppIntegration,
  checkCustomAppIntegration,
} from "../../core/account-object/custom-app-integration.ts";
import type { PrincipalId } from "../../core/ids.ts";
import { changeAccountObject, createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

type Changeable = Pick<
  CustomAppIntegration,
  "redirectUrls" | "scopes" | "userAuthorizedScopes" | "tokenAccessPolicy"
>;

export interface OpenCustomApp {
  readonly integration: AccountObject<"custom-app-integration">;
  /** Shown now and never again; null for a public app. */
  readonly secret: string | null;
}

/** `custom-app-integration.create`. Throws where a URL, a scope or a lifetime cannot be. */
export async function createCustomAppIntegration(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: Changeable & { readonly name: string; readonly confidential: boolean },
): Promise<OpenCustomApp> {
  const { name, confidential, ...parts } = input;
  checkCustomAppIntegration(parts);
  const secret = confidential ? newSecret(SECRET_PREFIX, dependencies.randomBytes) : null;
  const body: CustomAppIntegration = {
    ...parts,
    clientId: dependencies.ids.uuid(),
    secretHash: secret === null ? null : hashOfToken(secret),
    createdBy: context.caller.principal,
  };
  const made = { kind: "custom-app-integration", name, body } as const;
  return { integration: await createAccountObject(dependencies, context, made), secret };
}

/** `custom-app-integration.update`: what is given replaces what was. Throws as `create` does, and where there is none. */
export async function changeCustomAppIntegration(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  id: string,
  change: Partial<Changeable>,
): Promise<void> {
  await changeAccountObject(dependencies, context, "custom-app-integration", id, (before) => {
    const body = { ...before.body, ...change };
    checkCustomAppIntegration(body);
    return { ...before, body };
  });
}

/** The names of those who registered these apps, by id, as far as they are still there. */
export async function creatorsOfApps(
  { store }: DatabricksDependencies,
  apps: readonly AccountObject<"custom-app-integration">[],
): Promise<ReadonlyMap<PrincipalId, string>> {
  const names = new Map<PrincipalId, string>();
  for (const { account, body } of apps) {
    if (names.has(body.createdBy)) continue;
    const principal = await store.principals.get(account, body.createdBy);
    if (principal !== null) names.set(principal.id, principal.name);
  }
  return names;
}
