import type { Static } from "typebox";
import type { OneIpAccessList } from "../../contract/databricks/ip-access-lists.ts";
import type { IpAccessList } from "../../core/access/ip-access-list.ts";
import type { DatabricksContext, WorkspaceContext } from "../../use-cases/databricks/context.ts";
import type { GivenIpAccessList } from "../../use-cases/databricks/ip-access-lists.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";

type Context = DatabricksContext | WorkspaceContext;
type Wire = Static<typeof OneIpAccessList>["ip_access_list"];

interface Members {
  readonly label?: string | undefined;
  readonly list_type?: IpAccessList["type"] | undefined;
  readonly ip_addresses?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** The same in an account and in a workspace. */
export function ipAccessListHandlers(useCases: DatabricksUseCases) {
  const change = async (context: Context, input: Members & { readonly ip_access_list_id: string }) => {
    const changed = await useCases.changeIpAccessList(context, input.ip_access_list_id, given(input));
    return { ip_access_list: wire(changed) };
  };
  return {
    "ip-access-lists.create": async (
      context: Context,
      input: {
        readonly label: string;
        readonly list_type: IpAccessList["type"];
        readonly ip_addresses: readonly string[];
      },
    ) => {
      const { label, list_type: type, ip_addresses: addresses } = input;
      return { ip_access_list: wire(await useCases.createIpAccessList(context, { label, type, addresses })) };
    },
    "ip-access-lists.list": async (context: Context) => ({
      ip_access_lists: (await useCases.listIpAccessLists(context)).map(wire),
    }),
    "ip-access-lists.get": async (context: Context, input: { readonly ip_access_list_id: string }) => ({
      ip_access_list: wire(await useCases.getIpAccessList(context, input.ip_access_list_id)),
    }),
    "ip-access-lists.replace": change,
    "ip-access-lists.update": change,
    "ip-access-lists.delete": async (context: Context, input: { readonly ip_access_list_id: string }) => {
      await useCases.deleteIpAccessList(context, input.ip_access_list_id);
      return {};
    },
  };
}

function given({ label, list_type, ip_addresses, enabled }: Members): Partial<GivenIpAccessList> {
  return {
    ...(label !== undefined && { label }),
    ...(list_type !== undefined && { type: list_type }),
    ...(ip_addresses !== undefined && { addresses: ip_addresses }),
    ...(enabled !== undefined && { enabled }),
  };
}

function wire(list: IpAccessList): Wire {
  return {
    list_id: list.id,
    label: list.label,
    list_type: list.type,
    ip_addresses: [...list.addresses],
    address_count: list.addresses.length,
    enabled: list.enabled,
    created_at: list.createdAtMs,
    created_by: Number(list.createdBy),
    updated_at: list.updatedAtMs,
    updated_by: Number(list.updatedBy),
  };
}
