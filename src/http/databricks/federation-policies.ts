import type { Static } from "typebox";
import type {
  OidcPolicy,
  FederationPolicy as WirePolicy,
} from "../../contract/databricks-account/federation-policies.ts";
import type { FederationPolicy } from "../../core/federation/federation-policy.ts";
import type { DatabricksContext } from "../../use-cases/databricks/context.ts";
import { type GivenFederationPolicy, resourceName } from "../../use-cases/databricks/federation-policies.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

type Verbs = "create" | "list" | "get" | "update" | "delete";

interface GivenBody {
  readonly name?: string;
  readonly description?: string;
  readonly oidc_policy?: Static<typeof OidcPolicy>;
}

/** The same of an account and of a service principal. */
export function federationPolicyHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<`federation-policy.${Verbs}` | `service-principal-federation-policy.${Verbs}`> {
  const { create, list, get, update, remove } = handlers(useCases);
  return {
    "federation-policy.create": (context, input) => create(context, null, input),
    "federation-policy.list": (context) => list(context, null),
    "federation-policy.get": (context, input) => get(context, null, input.policy_id),
    "federation-policy.update": (context, input) => update(context, null, input),
    "federation-policy.delete": (context, input) => remove(context, null, input.policy_id),
    "service-principal-federation-policy.create": (context, input) =>
      create(context, input.service_principal_id, input),
    "service-principal-federation-policy.list": (context, input) => list(context, input.service_principal_id),
    "service-principal-federation-policy.get": (context, input) =>
      get(context, input.service_principal_id, input.policy_id),
    "service-principal-federation-policy.update": (context, input) =>
      update(context, input.service_principal_id, input),
    "service-principal-federation-policy.delete": (context, input) =>
      remove(context, input.service_principal_id, input.policy_id),
  };
}

function handlers(useCases: DatabricksUseCases) {
  return {
    async create(
      context: DatabricksContext,
      owner: string | null,
      input: GivenBody & { policy_id?: string },
    ) {
      const policy = given(input);
      return wirePolicy(
        await useCases.createFederationPolicy(context, owner, { policyId: input.policy_id, policy }),
      );
    },
    async list(context: DatabricksContext, owner: string | null) {
      const policies = await useCases.listFederationPolicies(context, owner);
      // An empty list is left out, as protocol buffers' JSON does.
      return policies.length === 0 ? {} : { policies: policies.map(wirePolicy) };
    },
    async get(context: DatabricksContext, owner: string | null, policyId: string) {
      return wirePolicy(await useCases.getFederationPolicy(context, owner, policyId));
    },
    async update(
      context: DatabricksContext,
      owner: string | null,
      input: GivenBody & { readonly policy_id: string; readonly update_mask?: string },
    ) {
      const { policy_id: policyId, update_mask: mask } = input;
      return wirePolicy(
        await useCases.changeFederationPolicy(context, owner, { policyId, mask, policy: given(input) }),
      );
    },
    async remove(context: DatabricksContext, owner: string | null, policyId: string) {
      await useCases.deleteFederationPolicy(context, owner, policyId);
      return {};
    },
  };
}

function given({ name, description, oidc_policy: policy }: GivenBody): GivenFederationPolicy {
  return {
    name,
    description: filled(description),
    trust: {
      issuer: policy?.issuer,
      audiences: policy?.audiences,
      subject: filled(policy?.subject),
      subjectClaim: filled(policy?.subject_claim),
      jwksUri: filled(policy?.jwks_uri),
      jwksJson: filled(policy?.jwks_json),
    },
  };
}

/** An empty text is none, as in protocol buffers' JSON. */
function filled(text: string | undefined): string | null | undefined {
  return text === "" ? null : text;
}

function wirePolicy(policy: FederationPolicy): Static<typeof WirePolicy> {
  const { trust, servicePrincipal, description } = policy;
  return {
    name: resourceName(policy),
    uid: policy.uid,
    policy_id: policy.policyId,
    ...(servicePrincipal !== null && { service_principal_id: Number(servicePrincipal) }),
    ...(description !== null && { description }),
    // What was not given is not shown: clients compare what they read with what they wrote.
    oidc_policy: {
      issuer: trust.issuer,
      ...(trust.audiences.length > 0 && { audiences: [...trust.audiences] }),
      ...(trust.subject !== null && { subject: trust.subject }),
      ...(trust.subjectClaim !== null && { subject_claim: trust.subjectClaim }),
      ...(trust.jwksUri !== null && { jwks_uri: trust.jwksUri }),
      ...(trust.jwksJson !== null && { jwks_json: trust.jwksJson }),
    },
    create_time: new Date(policy.createdAtMs).toISOString(),
    update_time: new Date(policy.updatedAtMs).toISOString(),
  };
}
