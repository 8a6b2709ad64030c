import type { FastifyInstance } from "fastify";
import { ALL_APIS, OFFLINE_ACCESS } from "../../../core/access/oauth-grant.ts";
import type { AccountId } from "../../../core/ids.ts";
import type { DatabricksOptions } from "../account.ts";
import { findNamed } from "../workspace.ts";
import { namedWorkspace } from "../workspace-target.ts";
import { type Authority, accountAuthority, noEndpoint, originOf, workspaceAuthority } from "./authority.ts";
import { GRANTS } from "./grants.ts";

/** OpenID Connect's own name too: some clients know no other. */
const METADATA = ["oauth-authorization-server", "openid-configuration"];
/** Where Azure's clients find out a workspace's tenant, from where they are sent (databricks-account-api.md A4, A8). */
const AZURE = ["/aad/auth", "/oidc/oauth2/v2.0/authorize"];
/** Programs of people's machines keep no secret, so they have none. */
const AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"];

/** What clients read before they sign in (databricks-account-api.md A1, A4). All of it is for anybody. */
export function registerDiscovery(app: FastifyInstance, options: DatabricksOptions, dialect: string): void {
  const { useCases, domain } = options;
  const config = (operation: string) => ({ config: { dialect, operation } });

  app.get("/.well-known/databricks-config", config("databricksConfig"), async (request) => {
    const named = namedWorkspace(request, domain);
    const origin = originOf(request);
    if (named === null) {
      const account = await useCases.onlyAccount();
      return {
        // The clients put the account's id in; a server of several accounts can name none.
        oidc_endpoint: `${origin}/oidc/accounts/{account_id}`,
        ...(account !== null && { account_id: account, ...audiences(account) }),
        cloud: "AWS",
        // Not `unified`, though it serves both: with that the Go SDK takes a configuration for invalid and refuses to log a
        // user in (databricks-sdk-go v0.175.0 config/config.go, `ConfigType` and `getOAuthArgument`). The account's
        // clients reach workspaces from here by a header.
        host_type: "account",
      };
    }
    const workspace = await findNamed(useCases, named);
    return {
      oidc_endpoint: `${origin}/oidc`,
      ...(workspace !== null && {
        account_id: workspace.account,
        workspace_id: workspace.id,
        ...audiences(workspace.account),
      }),
      cloud: "AWS",
      host_type: "workspace",
    };
  });
  for (const name of METADATA) {
    app.get(`/oidc/.well-known/${name}`, config("authorizationServer"), async (request) =>
      metadata(await workspaceAuthority(options, request), originOf(request)),
    );
    app.get(
      `/oidc/accounts/:account_id/.well-known/${name}`,
      config("authorizationServer"),
      async (request) => metadata(accountAuthority(request), originOf(request)),
    );
  }
  for (const path of AZURE) {
    app.get(path, config("azureSignIn"), async (request, reply) => {
      const place = await useCases.entraSignIn();
      if (place === null) throw noEndpoint(request);
      return reply.redirect(place, 302);
    });
  }
  app.get("/oidc/jwks.json", config("jsonWebKeySet"), async (_request, reply) => {
    reply.header("cache-control", "public, max-age=60");
    return { keys: await useCases.accessTokenKeys() };
  });
}

/** What federation policies expect that name no audience; clients ask their identity provider for tokens for it. */
function audiences(account: AccountId) {
  return { token_federation_default_oidc_audiences: [account] };
}

/** RFC 8414 2. Every authorization server signs with the same keys; what a token is for, its audience says. */
function metadata({ issuer }: Authority, origin: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/v1/authorize`,
    token_endpoint: `${issuer}/v1/token`,
    jwks_uri: `${origin}/oidc/jwks.json`,
    revocation_endpoint: `${issuer}/v1/revoke`,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    code_challenge_methods_supported: ["S256"],
    // RFC 9207.
    authorization_response_iss_parameter_supported: true,
    grant_types_supported: [...GRANTS.keys()],
    scopes_supported: [ALL_APIS, OFFLINE_ACCESS],
    token_endpoint_auth_methods_supported: AUTHENTICATION,
    revocation_endpoint_auth_methods_supported: AUTHENTICATION,
    subject_types_supported: ["public"],
  };
}
