import { command, flag, list, text } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { collect } from "../../../emr/lookup.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterList = command({
  path: ["emr", "virtual-cluster", "list"],
  summary: "List virtual clusters, newest first",
  options: {
    all: flag("--all", "terminated ones too"),
    state: list("--state <state>", "only in this state, such as TERMINATED"),
    eksCluster: text("--eks-cluster <name>", "only of this EKS cluster"),
    createdAfter: text(
      "--created-after <time>",
      "only created after this time, such as 2026-11-22T06:00:00Z",
    ),
    createdBefore: text("--created-before <time>", "only created before this time"),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr virtual-cluster list", explanation: "the live ones" },
    { command: "firesteel emr virtual-cluster list -o json", explanation: "for a script" },
  ],
  async run(values, context) {
    const { print } = context;
    const { client } = await connect(values, context);
    const asked = values.state.map((state) => state.toUpperCase());
    const states = values.all || asked.length > 0 ? asked : ["RUNNING", "TERMINATING", "ARRESTED"];
    const { eksCluster, createdAfter, createdBefore } = values;
    const clusters = await collect(
      client.listVirtualClusters({
        states,
        ...(eksCluster === undefined ? {} : { containerProviderId: eksCluster }),
        ...(createdAfter === undefined ? {} : { createdAfter }),
        ...(createdBefore === undefined ? {} : { createdBefore }),
      }),
    );
    print.result(clusters, () =>
      print.table(
        [
          { title: "ID" },
          { title: "NAME" },
          { title: "STATE" },
          { title: "EKS CLUSTER" },
          { title: "NAMESPACE" },
          { title: "CREATED" },
        ],
        clusters.map(({ id, name, state, containerProvider, createdAt }) => [
          id,
          name,
          state,
          containerProvider.id,
          containerProvider.info.eksInfo.namespace,
          print.time(createdAt),
        ]),
        "No such virtual clusters. Make one with: firesteel emr virtual-cluster create NAME",
      ),
    );
    return EXIT_CODES.ok;
  },
});
