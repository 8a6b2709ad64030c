import { command, flag } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { collect } from "../../../emr/lookup.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterList = command({
  path: ["emr", "virtual-cluster", "list"],
  summary: "List virtual clusters, newest first",
  options: { all: flag("--all", "terminated ones too"), ...CONNECTION_OPTIONS },
  examples: [
    { command: "firesteel emr virtual-cluster list", explanation: "the live ones" },
    { command: "firesteel emr virtual-cluster list -o json", explanation: "for a script" },
  ],
  async run(values, context) {
    const { print } = context;
    const { client } = await connect(values, context);
    const states = values.all ? [] : ["RUNNING", "TERMINATING", "ARRESTED"];
    const clusters = await collect(client.listVirtualClusters({ states }));
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
        "No virtual clusters. Make one with: firesteel emr virtual-cluster create NAME",
      ),
    );
    return EXIT_CODES.ok;
  },
});
