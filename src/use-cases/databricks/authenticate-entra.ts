import type { DatabricksCaller, UsedCredential } from "../../core/access/databricks-caller.ts";
import {
  AZURE_DATABRICKS,
  type EntraIdentity,
  entraIdentity,
  isForDatabricks,
  isForManagement,
  isWorkspaceResourceId,
} from "../../core/access/entra-token.ts";
import { permissionDenied, unauthenticated } from "../../core/databricks-errors.ts";
import type { DomainError } from "../../core/errors.ts";
import type { AccountId } from "../../core/ids.ts";
import type { ForeignToken } from "../../core/ports/foreign-tokens.ts";
import type { Principal } from "../../core/principal/principal.ts";
import type { DatabricksDependencies } from "./context.ts";

/** What Azure's clients send beside an Entra ID token (databricks-account-api.md A8). */
export interface AzureHeaders {
  /** A second token of whoever calls, for Azure's management. */
  readonly managementToken: string | null;
  readonly workspaceResourceId: string | null;
}

/** Where somebody wants to be let in, for a message. */
export interface Place {
  /** Such as `workspace 123`. */
  readonly name: string;
  /** The path of its SCIM API. */
  readonly scim: string;
}

/** @param workspace as the request names it; null where it names none */
export function workspacePlace(workspace: string | null): Place {
  return {
    name: workspace === null ? "any workspace" : `workspace ${workspace}`,
    scim: "/api/2.0/preview/scim/v2",
  };
}

export function accountPlace(account: string): Place {
  return { name: `account ${account}`, scim: `/api/2.0/accounts/${account}/scim/v2` };
}

/** Whether a token says that it is of an issuer of Entra ID that this server trusts; not whether that is true. */
export function isOfEntra({ foreignTokens, entraIssuers }: DatabricksDependencies, token: string): boolean {
  // Nobody pays for what nobody has switched on.
  if (entraIssuers.length === 0) return false;
  const issuer = foreignTokens.decode(token)?.issuer;
  return issuer !== undefined && entraIssuers.includes(issuer);
}

export interface EntraCaller {
  readonly principal: Principal;
  readonly credential: UsedCredential;
}

/**
 * Finds out who calls with an Entra ID token. Throws a DomainError of kind `unauthenticated` where the token is not
 * good, of kind `unavailable` where that cannot be found out now, and `PERMISSION_DENIED` where it is good and nobody
 * here is who it names.
 */
export async function byEntraToken(
  dependencies: DatabricksDependencies,
  token: string,
  headers: AzureHeaders | undefined,
  account: AccountId | null,
  place: Place,
): Promise<EntraCaller> {
  const { store } = dependencies;
  const read = await goodToken(dependencies, token, "Entra ID token");
  if (!isForDatabricks(read)) {
    // The service's words (https://github.com/MicrosoftDocs/azure-docs/issues/85703), without its HTML.
    const sent = read.audiences.join(", ");
    throw unauthenticated(`Expected aud claim to be: ${AZURE_DATABRICKS}, but was: ${sent}.`);
  }
  const identity = entraIdentity(read);
  if (identity === null) throw unauthenticated("The Entra ID token names neither a user nor an application.");
  await checkHeaders(dependencies, headers, identity);
  const principal =
    account === null ? null : await store.principals.named(account, identity.kind, identity.name);
  if (principal === null) throw notThere(identity, place);
  if (!principal.active) throw permissionDenied(`${principal.name} is not active.`);
  return { principal, credential: { kind: "entra-id", id: identity.tokenId } };
}

/** Where people who use Entra ID sign in; null where this server trusts none. */
export async function entraSignIn({
  foreignTokens,
  entraIssuers,
}: DatabricksDependencies): Promise<string | null> {
  const [issuer] = entraIssuers;
  return issuer === undefined ? null : foreignTokens.authorizationEndpoint(issuer);
}

/** A caller with a good credential is not where it wants to be: says so, and to whom of Entra ID what would help. */
export function notMember(caller: DatabricksCaller, place: Place): DomainError {
  const own = caller.workspace === null ? null : workspacePlace(caller.workspace);
  if (own !== null && own.name !== place.name)
    return permissionDenied(
      `This token of ${caller.name} opens ${own.name} alone, not ${place.name}: use a credential of the account.`,
    );
  return caller.credential.kind === "entra-id"
    ? notThere(caller, place)
    : permissionDenied(`${caller.name} is not a member of ${place.name}.`);
}

function notThere({ kind, name }: Pick<EntraIdentity, "kind" | "name">, { name: where, scim }: Place) {
  const [what, resource, body] =
    kind === "user"
      ? ["User", "User", { userName: name }]
      : ["Service principal", "ServicePrincipal", { applicationId: name, displayName: name }];
  const schemas = [`urn:ietf:params:scim:schemas:core:2.0:${resource}`];
  const call = `POST ${scim}/${resource}s with ${JSON.stringify({ schemas, ...body })}`;
  return permissionDenied(`${what} ${name} is not in ${where}. Its administrator can add it: ${call}`);
}

async function goodToken(
  { foreignTokens, entraIssuers }: DatabricksDependencies,
  token: string,
  what: string,
): Promise<ForeignToken> {
  const issuer = foreignTokens.decode(token)?.issuer;
  if (issuer === undefined || !entraIssuers.includes(issuer))
    throw unauthenticated(`${what}: it is not of an issuer that is trusted here.`);
  const checked = await foreignTokens.check(token, { kind: "issuer", issuer });
  if (checked.kind === "bad") throw unauthenticated(`${what}: ${checked.why}.`);
  return checked.token;
}

/**
 * Azure lets somebody in who may manage the workspace there. What somebody may do in Azure is not seen here, so that
 * the second token proves nothing; one that is not good is refused all the same, as what is a mistake of the client.
 */
async function checkHeaders(
  dependencies: DatabricksDependencies,
  headers: AzureHeaders | undefined,
  caller: EntraIdentity,
): Promise<void> {
  const { managementToken = null, workspaceResourceId = null } = headers ?? {};
  if (managementToken !== null) {
    const header = "X-Databricks-Azure-SP-Management-Token";
    const read = await goodToken(dependencies, managementToken, header);
    if (!isForManagement(read)) throw unauthenticated(`${header}: it is not for Azure's management.`);
    const other = entraIdentity(read);
    if (other?.kind !== caller.kind || other.name !== caller.name)
      throw unauthenticated(`${header}: it is not of whom the Authorization header's token is.`);
  }
  if (workspaceResourceId !== null && !isWorkspaceResourceId(workspaceResourceId))
    throw permissionDenied(
      "X-Databricks-Azure-Workspace-Resource-Id: give /subscriptions/…/resourceGroups/…/providers/Microsoft.Databricks/workspaces/….",
    );
}
