import { type AnyOperation, notImplemented } from "../operation.ts";
import { CancelJobRun, DescribeJobRun, ListJobRuns, StartJobRun } from "./job-runs.ts";
import { ListTagsForResource, TagResource, UntagResource } from "./tags.ts";
import {
  CreateVirtualCluster,
  DeleteVirtualCluster,
  DescribeVirtualCluster,
  ListVirtualClusters,
  UpdateVirtualCluster,
} from "./virtual-clusters.ts";

/** The signing name of the service: the third part of a signature's scope. */
export const EMR_CONTAINERS_SERVICE = "emr-containers";

const ENDPOINT = "/virtualclusters/{virtualClusterId}/endpoints";

/**
 * All 25 operations of botocore's model `emr-containers` 2020-10-01. Path parameters carry the member's name (`id`),
 * not the model's label (`jobRunId`): it is the member that the service's messages name.
 */
export const EMR_CONTAINERS_OPERATIONS = {
  CancelJobRun,
  CreateJobTemplate: notImplemented("CreateJobTemplate", "POST", "/jobtemplates", "Creates a job template"),
  CreateManagedEndpoint: notImplemented(
    "CreateManagedEndpoint",
    "POST",
    ENDPOINT,
    "Creates an interactive endpoint",
  ),
  CreateSecurityConfiguration: notImplemented(
    "CreateSecurityConfiguration",
    "POST",
    "/securityconfigurations",
    "Creates a security configuration",
  ),
  CreateVirtualCluster,
  DeleteJobTemplate: notImplemented(
    "DeleteJobTemplate",
    "DELETE",
    "/jobtemplates/{id}",
    "Deletes a job template",
  ),
  DeleteManagedEndpoint: notImplemented(
    "DeleteManagedEndpoint",
    "DELETE",
    `${ENDPOINT}/{id}`,
    "Deletes an interactive endpoint",
  ),
  DeleteSecurityConfiguration: notImplemented(
    "DeleteSecurityConfiguration",
    "DELETE",
    "/securityconfigurations/{id}",
    "Deletes a security configuration",
  ),
  DeleteVirtualCluster,
  DescribeJobRun,
  DescribeJobTemplate: notImplemented(
    "DescribeJobTemplate",
    "GET",
    "/jobtemplates/{id}",
    "Shows a job template",
  ),
  DescribeManagedEndpoint: notImplemented(
    "DescribeManagedEndpoint",
    "GET",
    `${ENDPOINT}/{id}`,
    "Shows an interactive endpoint",
  ),
  DescribeSecurityConfiguration: notImplemented(
    "DescribeSecurityConfiguration",
    "GET",
    "/securityconfigurations/{id}",
    "Shows a security configuration",
  ),
  DescribeVirtualCluster,
  GetManagedEndpointSessionCredentials: notImplemented(
    "GetManagedEndpointSessionCredentials",
    "POST",
    `${ENDPOINT}/{id}/credentials`,
    "Gives a session token for an interactive endpoint",
  ),
  ListJobRuns,
  ListJobTemplates: notImplemented("ListJobTemplates", "GET", "/jobtemplates", "Lists job templates"),
  ListManagedEndpoints: notImplemented(
    "ListManagedEndpoints",
    "GET",
    ENDPOINT,
    "Lists interactive endpoints",
  ),
  ListSecurityConfigurations: notImplemented(
    "ListSecurityConfigurations",
    "GET",
    "/securityconfigurations",
    "Lists security configurations",
  ),
  ListTagsForResource,
  ListVirtualClusters,
  StartJobRun,
  TagResource,
  UntagResource,
  UpdateVirtualCluster,
} as const satisfies { readonly [Name in string]: AnyOperation };

type Operations = typeof EMR_CONTAINERS_OPERATIONS;

/** The names of the operations that this server performs: each must have a handler. */
export type ImplementedOperationName = {
  [Name in keyof Operations]: Operations[Name]["implemented"] extends true ? Name : never;
}[keyof Operations];
