import type { AccountObject, Claim } from "../../core/account-object/account-object.ts";
import type { Workspace } from "../../core/workspace/workspace.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";

/** As the store answers. */
interface ClaimHolders {
  readonly accountObjects: { holding(claim: Claim): Promise<Pick<AccountObject, "id"> | null> };
}

/**
 * Takes a port for a workspace; null where workspaces have none. One that another workspace claims was taken by a
 * program that has ended: it is given to that workspace, and the next one tried. The caller gives back what it does not
 * use.
 */
export async function reservePort({
  ports,
  store,
}: Pick<WorkspaceDependencies, "ports"> & { readonly store: ClaimHolders }): Promise<number | null> {
  for (;;) {
    const port = await ports.reserve();
    if (port === null) return null;
    const holder = await store.accountObjects.holding({ scope: "*", kind: "port", value: String(port) });
    if (holder === null) return port;
    await ports.open(holder.id, port);
  }
}

type Addressed = Pick<Workspace, "deploymentName" | "port" | "url">;

export interface NewAddress extends Pick<Workspace, "port" | "url"> {
  /** A port that was reserved for it, to be given back where it is not taken; null where none was. */
  readonly reserved: number | null;
}

/**
 * The address that a workspace gets when it is changed; null where it has the one that the settings of now say. Nothing
 * but such a change moves a workspace: a URL that somebody wrote down must not become another's by a restart.
 */
export async function newAddress(
  { ports, presentUrl, store }: Pick<WorkspaceDependencies, "ports" | "presentUrl" | "store">,
  { deploymentName, port, url }: Addressed,
): Promise<NewAddress | null> {
  if (url === presentUrl({ deploymentName, port })) return null;
  const reserved = await reservePort({ ports, store });
  if (reserved === null || port === null)
    return { port: reserved, url: presentUrl({ deploymentName, port: reserved }), reserved };
  await ports.giveBack(reserved);
  return { port, url: presentUrl({ deploymentName, port }), reserved: null };
}
