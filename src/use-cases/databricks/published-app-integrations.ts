import { PUBLISHED_APPS } from "../../core/access/oauth-client.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import {
  checkTokenAccessPolicy,
  type TokenAccessPolicy,
} from "../../core/account-object/custom-app-integration.ts";
import { publishedAppClaim } from "../../core/account-object/published-app-integration.ts";
import { alreadyExists, invalidParameter } from "../../core/databricks-errors.ts";
import { changeAccountObject, createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

type Integration = AccountObject<"published-app-integration">;

const KIND = "published-app-integration";

/** `published-app-integration.create`. Throws where there is no such app, or it has an integration already. */
export async function createPublishedAppIntegration(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  {
    appId,
    tokenAccessPolicy,
  }: { readonly appId: string; readonly tokenAccessPolicy: TokenAccessPolicy | null },
): Promise<Integration> {
  const { account, principal: createdBy } = context.caller;
  const app = PUBLISHED_APPS.find((each) => each.appId === appId);
  if (app === undefined)
    throw invalidParameter(
      `app_id: there is no published app '${appId}': give ${PUBLISHED_APPS.map((each) => each.appId).join(", ")}.`,
    );
  if (tokenAccessPolicy !== null) checkTokenAccessPolicy(tokenAccessPolicy);
  const made = { kind: KIND, name: app.name, body: { appId, tokenAccessPolicy, createdBy } } as const;
  return createAccountObject(dependencies, context, made, async () => {
    const holder = await dependencies.store.accountObjects.holding(publishedAppClaim(account, appId));
    if (holder !== null)
      throw alreadyExists(`Published app ${appId} has integration ${holder.id} in this account already.`);
  });
}

/** `published-app-integration.update`. */
export async function changePublishedAppIntegration(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  id: string,
  tokenAccessPolicy: TokenAccessPolicy | null,
): Promise<void> {
  if (tokenAccessPolicy !== null) checkTokenAccessPolicy(tokenAccessPolicy);
  await changeAccountObject(dependencies, context, KIND, id, (before) => ({
    ...before,
    body: { ...before.body, tokenAccessPolicy: tokenAccessPolicy ?? before.body.tokenAccessPolicy },
  }));
}
