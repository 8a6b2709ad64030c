import type { Static } from "typebox";
import type { SecretInfo } from "../../contract/databricks-account/service-principal-secrets.ts";
import {
  checkSecretScopes,
  type ServicePrincipalSecret,
} from "../../core/access/service-principal-secret.ts";
import type { DatabricksContext, WorkspaceContext } from "../../use-cases/databricks/context.ts";
import { pageOf } from "../../use-cases/databricks/pages.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers, WorkspaceHandlers } from "./handlers.ts";

type Context = DatabricksContext & Partial<Pick<WorkspaceContext, "workspace">>;

export function servicePrincipalSecretsHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  "service-principal-secrets.create" | "service-principal-secrets.list" | "service-principal-secrets.delete"
> {
  const { create, list, remove } = handlers(useCases);
  return {
    "service-principal-secrets.create": create,
    "service-principal-secrets.list": list,
    "service-principal-secrets.delete": remove,
  };
}

export function servicePrincipalSecretsProxyHandlers(
  useCases: DatabricksUseCases,
): WorkspaceHandlers<
  | "service-principal-secrets-proxy.create"
  | "service-principal-secrets-proxy.list"
  | "service-principal-secrets-proxy.delete"
> {
  const { create, list, remove } = handlers(useCases);
  return {
    "service-principal-secrets-proxy.create": create,
    "service-principal-secrets-proxy.list": list,
    "service-principal-secrets-proxy.delete": remove,
  };
}

interface ListInput {
  readonly service_principal_id: string;
  readonly page_size?: number;
  readonly page_token?: string;
}

/** The vendor documents no size; there are five secrets at most. */
const PAGE = { default: 100, max: 100 } as const;

function handlers(useCases: DatabricksUseCases) {
  return {
    async create(
      context: Context,
      input: { service_principal_id: string; lifetime?: string; scopes?: readonly string[] },
    ) {
      const { service_principal_id: principal, lifetime = null } = input;
      checkSecretScopes(input.scopes);
      const { row, secret } = await useCases.createServicePrincipalSecret(context, principal, lifetime);
      return { ...wireSecret(row), secret };
    },
    async list(context: Context, input: ListInput) {
      const { service_principal_id: principal, page_size: size = null, page_token: token = null } = input;
      const all = await useCases.listServicePrincipalSecrets(context, principal);
      const { rows, nextPageToken } = pageOf(all, { size, token }, PAGE);
      return {
        secrets: rows.map(wireSecret),
        ...(nextPageToken !== null && { next_page_token: nextPageToken }),
      };
    },
    async remove(context: Context, input: { service_principal_id: string; secret_id: string }) {
      const { service_principal_id: principal, secret_id: secret } = input;
      await useCases.deleteServicePrincipalSecret(context, principal, secret);
      return {};
    },
  };
}

function wireSecret(row: ServicePrincipalSecret): Static<typeof SecretInfo> {
  const created = new Date(row.createdAtMs).toISOString();
  return {
    id: row.id,
    secret_hash: row.hash,
    status: "ACTIVE",
    create_time: created,
    update_time: created,
    expire_time: new Date(row.expiresAtMs).toISOString(),
  };
}
