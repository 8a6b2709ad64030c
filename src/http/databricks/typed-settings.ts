import type { DatabricksContext, WorkspaceContext } from "../../use-cases/databricks/context.ts";
import type { GrantRule, RuleSet } from "../../use-cases/databricks/rule-sets.ts";
import type { TypedSetting } from "../../use-cases/databricks/typed-settings.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";

type Context = DatabricksContext | WorkspaceContext;
type OfType = { readonly setting_type: string };

/** The same in an account and in a workspace. */
export function settingsHandlers(useCases: DatabricksUseCases) {
  return {
    "settings.get": async (context: Context, input: OfType) =>
      wireSetting(await useCases.getTypedSetting(context, input.setting_type)),
    "settings.update": async (
      context: Context,
      input: OfType & {
        readonly field_mask?: string | undefined;
        readonly setting: Readonly<Record<string, unknown>>;
      },
    ) => {
      const { setting, field_mask: mask = null } = input;
      return wireSetting(await useCases.changeTypedSetting(context, input.setting_type, { setting, mask }));
    },
    "settings.delete": async (context: Context, input: OfType & { readonly etag?: string | undefined }) => ({
      etag: await useCases.resetTypedSetting(context, input.setting_type, input.etag),
    }),
  };
}

function wireSetting({ member, value, etag }: TypedSetting) {
  return { setting_name: "default", etag, [member]: value };
}

interface GivenRuleSet {
  readonly etag?: string | undefined;
  readonly grant_rules?:
    | readonly { readonly role: string; readonly principals?: readonly string[] | undefined }[]
    | undefined;
}

/** The same in an account and through a workspace. */
export function ruleSetHandlers(useCases: DatabricksUseCases) {
  return {
    roles: async (context: Context, input: { readonly resource: string }) => ({
      roles: (await useCases.assignableRoles(context, input.resource)).map((name) => ({ name })),
    }),
    get: async (context: Context, input: { readonly name: string }) =>
      wireRuleSet(await useCases.getRuleSet(context, input.name)),
    update: async (context: Context, input: { readonly name: string; readonly rule_set: GivenRuleSet }) => {
      const { etag = "", grant_rules = [] } = input.rule_set;
      const rules = grant_rules.map(({ role, principals = [] }): GrantRule => ({ role, principals }));
      return wireRuleSet(await useCases.replaceRuleSet(context, input.name, { etag, rules }));
    },
  };
}

function wireRuleSet({ name, etag, rules }: RuleSet) {
  return {
    name,
    etag,
    grant_rules: rules.map(({ role, principals }) => ({ role, principals: [...principals] })),
  };
}
