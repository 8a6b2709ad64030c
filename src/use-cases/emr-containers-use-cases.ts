import { cancelJobRun } from "./cancel-job-run.ts";
import { createVirtualCluster } from "./create-virtual-cluster.ts";
import { deleteVirtualCluster } from "./delete-virtual-cluster.ts";
import type { Dependencies } from "./dependencies.ts";
import type { EmrContainersUseCases } from "./emr-containers.ts";
import { describeJobRun, listJobRuns } from "./job-runs.ts";
import { startJobRun } from "./start-job-run.ts";
import { listTags, tagResource, untagResource } from "./tag-resource.ts";
import { updateVirtualCluster } from "./update-virtual-cluster.ts";
import { describeVirtualCluster, listVirtualClusters } from "./virtual-clusters.ts";

/** Binds the capabilities of the EMR on EKS dialect to what they need. */
export function emrContainersUseCases(dependencies: Dependencies): EmrContainersUseCases {
  return {
    createVirtualCluster: (...input) => createVirtualCluster(dependencies, ...input),
    updateVirtualCluster: (...input) => updateVirtualCluster(dependencies, ...input),
    describeVirtualCluster: (...input) => describeVirtualCluster(dependencies, ...input),
    listVirtualClusters: (...input) => listVirtualClusters(dependencies, ...input),
    deleteVirtualCluster: (...input) => deleteVirtualCluster(dependencies, ...input),
    startJobRun: (...input) => startJobRun(dependencies, ...input),
    describeJobRun: (...input) => describeJobRun(dependencies, ...input),
    listJobRuns: (...input) => listJobRuns(dependencies, ...input),
    tagResource: (...input) => tagResource(dependencies, ...input),
    untagResource: (...input) => untagResource(dependencies, ...input),
    listTags: (...input) => listTags(dependencies, ...input),
    cancelJobRun: (...input) => cancelJobRun(dependencies, ...input),
  };
}
