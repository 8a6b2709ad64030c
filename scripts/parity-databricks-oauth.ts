import { GRANTS } from "../src/http/databricks/oauth/grants.ts";
import { code, table } from "./markdown-table.ts";

interface Endpoint {
  readonly routes: readonly string[];
  readonly what: string;
  readonly honoured: string;
  readonly refused: string;
}

const NARROWING =
  "`authorization_details` (`invalid_authorization_details`, with its types) and `assume_group` (`invalid_request`)";
const STRANGE_FORMS =
  "without the page's own token, from another origin, or by a script: 403; a member twice: 400";

/** At an address of a workspace the paths without an account are its own; elsewhere they answer 404. */
function ofBoth(method: string, path: string): string[] {
  return [`${method} /oidc/accounts/{account_id}/${path}`, `${method} /oidc/${path}`];
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    routes: ["GET /.well-known/databricks-config"],
    what: "what clients read first",
    honoured: "the workspace that the address or a header names; else the account",
    refused: "nothing",
  },
  {
    routes: ["oauth-authorization-server", "openid-configuration"].flatMap((name) =>
      ofBoth("GET", `.well-known/${name}`),
    ),
    what: "metadata of the authorization server (RFC 8414)",
    honoured: "the host by which the client came: the issuer is there",
    refused: "where no workspace is meant: 404 `ENDPOINT_NOT_FOUND`",
  },
  {
    routes: ["GET /oidc/jwks.json"],
    what: "the keys that check access tokens",
    honoured: "keys that rotation has followed stay until their last token is over",
    refused: "nothing",
  },
  {
    routes: ["GET /aad/auth", "GET /oidc/oauth2/v2.0/authorize"],
    what: "where Azure's clients find the tenant",
    honoured: "302 to the first of `azure.entraIssuers`",
    refused: "without one: 404 `ENDPOINT_NOT_FOUND`",
  },
  {
    routes: ["GET", "POST"].flatMap((method) => ofBoth(method, "v1/authorize")),
    what: "the log-in, and the question whether a client may act for who is logged in (RFC 6749 4.1)",
    honoured:
      "`response_type=code`, `client_id`, `redirect_uri`, `scope` (`all-apis`, `offline_access`), `state`, `code_challenge`, `code_challenge_method=S256`; `iss` in the answer (RFC 9207)",
    refused: `a client that there is not, a redirect that is not its own: on the page; PKCE left out or \`plain\`, other response types and scopes, ${NARROWING}: to the client; forms ${STRANGE_FORMS}`,
  },
  {
    routes: ofBoth("POST", "v1/token"),
    what: "tokens, by the grants below",
    honoured: "a form whatever its content type says, of 64 KiB",
    refused: `${NARROWING}; a member twice; other grants: \`unsupported_grant_type\`; an address that IP access lists keep out: 403 \`access_denied\``,
  },
  {
    routes: ofBoth("POST", "v1/revoke"),
    what: "the end of a log-in's tokens (RFC 7009)",
    honoured: "`token`: a refresh token or an access token of the client's, and all of its family with it",
    refused:
      "a client that does not prove itself: 401 `invalid_client`; what is no token of the client's is passed over",
  },
  {
    routes: ["GET /"],
    what: "the page of the account or of the workspace; before it, its log-in",
    honoured: "who, state, the workspaces of the account, the tokens of the workspace",
    refused: "those who are not in it, or come from where IP access lists keep them out: 403",
  },
  {
    routes: ["GET /login.html"],
    what: "where the vendor has its log-in",
    honoured: "303 to `/`",
    refused: "nothing",
  },
  {
    routes: ["POST /login", "POST /logout"],
    what: "the forms of the log-in and of its end",
    honoured: "`user_name`, `password`, and `account_id` where there are several accounts",
    refused: `tokens in place of a password; ${STRANGE_FORMS}`,
  },
  {
    routes: ["POST /tokens", "POST /tokens/revoke"],
    what: "the forms that make and revoke personal access tokens",
    honoured: "as `tokens.create` and `tokens.delete` do",
    refused: STRANGE_FORMS,
  },
];

interface DescribedGrant {
  readonly proof: string;
  readonly honoured: string;
  readonly refused: string;
}

const DESCRIBED: Readonly<Record<string, DescribedGrant>> = {
  client_credentials: {
    proof: "`client_id` and `client_secret` of a service principal, in the form or as Basic",
    honoured: "`scope=all-apis`; a token of an hour, of the secret's end at most",
    refused:
      "both ways at once; other scopes: `invalid_scope`; at a workspace, those who are not in it: `unauthorized_client`",
  },
  authorization_code: {
    proof: "`code`, `redirect_uri` and `code_verifier`; of an app with a secret, that too",
    honoured: "the scopes that the user was asked for; lifetimes as the app has them",
    refused:
      "a code that comes again (all that was given for it ends), is older than a minute, or is of another client or address: `invalid_grant`",
  },
  refresh_token: {
    proof: "`refresh_token`; of an app with a secret, that too",
    honoured:
      "`scope`, of those that were given; the next refresh token, unless the app has none of single use",
    refused:
      "one that was used already (its family ends): `invalid_grant`, `Refresh token is invalid`; scopes beyond",
  },
  "urn:ietf:params:oauth:grant-type:token-exchange": {
    proof:
      "`subject_token` with `subject_token_type`: a JSON Web Token that a federation policy trusts, or a personal access token",
    honoured:
      "`client_id` (a service principal, whose policies decide), `scope=all-apis`, `requested_token_type` of an access token; ends with what it was given for",
    refused:
      "secrets beside it, `actor_token`, `resource`, `audience`: `invalid_request`; tokens of this server: `invalid_grant`",
  },
  "urn:ietf:params:oauth:grant-type:jwt-bearer": {
    proof: "`assertion`: an access token of this server, of the account or of this very workspace",
    honoured:
      "`client_id` (the assertion's own), `scope=all-apis`; the same principal and credential, and no later an end",
    refused:
      "tokens of others, of another workspace, and a workspace's at the account: `invalid_grant`; secrets beside it, `resource`, `audience`: `invalid_request`",
  },
};

/** What no operations table has: the authorization servers, and the pages that people see. */
export function oauthSection(): string[] {
  const names = [...GRANTS.keys()];
  const unknown = [
    ...names.filter((name) => !(name in DESCRIBED)),
    ...Object.keys(DESCRIBED).filter((name) => !GRANTS.has(name)),
  ];
  if (unknown.length > 0)
    throw new Error(`Grants that are not both served and described: ${unknown.join(", ")}`);
  return [
    "## OAuth and pages",
    "",
    "The account is an authorization server, and so is each workspace at its own address. Nobody has to be signed in here; what proves somebody is in the",
    "request. `src/http/databricks/oauth/documented.test.ts` shows that these are all the routes.",
    "",
    ...table(
      ["route", "what for", "honoured", "refused"],
      ENDPOINTS.map(({ routes, what, honoured, refused }) => [
        routes.map(code).join(", "),
        what,
        honoured,
        refused,
      ]),
    ),
    "",
    ...table(
      ["grant", "proof", "honoured", "refused"],
      names.flatMap((name) => {
        const described = DESCRIBED[name];
        return described === undefined
          ? []
          : [[code(name), described.proof, described.honoured, described.refused]];
      }),
    ),
    "",
  ];
}
