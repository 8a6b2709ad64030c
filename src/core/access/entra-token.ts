import type { ForeignToken } from "../ports/foreign-tokens.ts";
import type { PrincipalKind } from "../principal/principal.ts";

/** The application id of Azure Databricks, which tokens for it have as their audience (databricks-account-api.md A8). */
export const AZURE_DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";

/** Azure's management in its clouds, as databricks-sdk-py environments.py names it. */
const MANAGEMENT = [
  "https://management.core.windows.net",
  "https://management.azure.com",
  "https://management.core.usgovcloudapi.net",
  "https://management.usgovcloudapi.net",
  "https://management.core.chinacloudapi.cn",
  "https://management.chinacloudapi.cn",
];

// https://learn.microsoft.com/azure/databricks/dev-tools/user-aad-token
const RESOURCE_ID =
  /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Databricks\/workspaces\/[^/\s]+$/i;

export interface EntraIdentity {
  readonly kind: Exclude<PrincipalKind, "group">;
  /** A user's name, or the application id of a service principal. */
  readonly name: string;
  /** Tells its tokens apart, and is no secret. */
  readonly tokenId: string;
}

export function isForDatabricks({ audiences }: ForeignToken): boolean {
  return audiences.includes(AZURE_DATABRICKS);
}

export function isForManagement({ audiences }: ForeignToken): boolean {
  return audiences.some((audience) => MANAGEMENT.includes(audience.replace(/\/+$/, "")));
}

export function isWorkspaceResourceId(text: string): boolean {
  return RESOURCE_ID.test(text);
}

/**
 * Whose an Entra ID token is: the user's that it names, else the application's that asked for it (`appid` in version
 * 1, `azp` in version 2); null where it names neither. `preferred_username` is no name to go by: whoever has it can
 * change it (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 */
export function entraIdentity({ claims }: ForeignToken): EntraIdentity | null {
  const text = (name: string) => {
    const claim = claims[name];
    return typeof claim === "string" && claim !== "" ? claim : null;
  };
  const tokenId = text("uti") ?? text("jti") ?? text("oid") ?? "";
  const user = text("idtyp") === "app" ? null : (text("upn") ?? text("unique_name"));
  if (user !== null) return { kind: "user", name: user, tokenId };
  const application = text("appid") ?? text("azp");
  return application === null ? null : { kind: "service-principal", name: application, tokenId };
}
