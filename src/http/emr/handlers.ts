import type { EMR_OPERATIONS, EmrOperationName } from "../../contract/emr/operations.ts";
import type { InputOf, OutputOf } from "../../contract/operation.ts";
import type { ApplicationUiUseCases } from "../../use-cases/application-uis.ts";
import type { CallContext } from "../../use-cases/emr-containers.ts";
import { openPath } from "../spark-ui/paths.ts";

type Operations = typeof EMR_OPERATIONS;

/** One handler for each operation of the contract. `origin` is what the caller called: `http://host:port`. */
export type EmrHandlers = {
  readonly [Name in EmrOperationName]: (
    context: CallContext,
    input: InputOf<Operations[Name]>,
    origin: string,
  ) => Promise<OutputOf<Operations[Name]>>;
};

export function emrHandlers(useCases: ApplicationUiUseCases): EmrHandlers {
  return {
    async CreatePersistentAppUI(context, input) {
      const run = input.EMRContainersConfig?.JobRunId ?? null;
      const { id } = await useCases.createUi(context, input.TargetResourceArn, run);
      return { PersistentAppUIId: id, RuntimeRoleEnabledCluster: false };
    },

    async DescribePersistentAppUI(context, input) {
      const { id, waitingFor } = await useCases.describeUi(context, input.PersistentAppUIId);
      return {
        PersistentAppUI: {
          PersistentAppUIId: id,
          PersistentAppUITypeList: ["SHS"],
          // The word that AWS's own JupyterLab extension waits for before it asks for a URL (its persistent UI
          // utilities: PERSISTENT_APP_UI_READY); whether there is one yet, PresignedURLReady says.
          PersistentAppUIStatus: "ATTACHED",
          ...(waitingFor === null ? {} : { LastStateChangeReason: waitingFor }),
          Tags: [],
        },
      };
    },

    async GetPersistentAppUIPresignedURL(context, input, origin) {
      const token = await useCases.openUi(context, input.PersistentAppUIId);
      return token === null
        ? { PresignedURLReady: false }
        : { PresignedURLReady: true, PresignedURL: origin + openPath(token) };
    },
  };
}
