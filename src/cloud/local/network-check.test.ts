import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Network } from "../../core/account-object/network.ts";
import { accountObjectId } from "../../core/ids.ts";
import type { CloudFile } from "./cloud-file.ts";
import { checkNetworkParts } from "./network-check.ts";

const network: Network = {
  vpcId: "vpc-0a1b2c3d",
  subnetIds: ["subnet-0a1b2c3d", "subnet-1a1b2c3d"],
  securityGroupIds: ["sg-0a1b2c3d"],
  vpcEndpoints: null,
  errors: [],
  warnings: [],
};
const vpc = { region: "us-west-2", dnsSupport: true, dnsHostnames: true, egress: "nat-gateway" } as const;
const subnet = { vpc: network.vpcId, zone: "us-west-2a", freeAddresses: 251, networkAclAllows: true };
const group = { vpc: network.vpcId, selfTraffic: true, egress: true };

const good: CloudFile = {
  vpcs: { "vpc-0a1b2c3d": vpc },
  subnets: { "subnet-0a1b2c3d": subnet, "subnet-1a1b2c3d": { ...subnet, zone: "us-west-2b" } },
  securityGroups: { "sg-0a1b2c3d": group },
};

function found(cloud: CloudFile, patch: Partial<Network> = {}) {
  const { errors, warnings, unverified } = checkNetworkParts({ ...network, ...patch }, "us-west-2", cloud);
  return { errors: errors.map(({ type }) => type), warnings: warnings.map(({ type }) => type), unverified };
}

describe("a network", () => {
  it("is found good where all of it is known and in order", () => {
    assert.deepEqual(found(good), { errors: [], warnings: [], unverified: [] });
  });

  it("of which nothing is known is not verified, and says so", () => {
    assert.deepEqual(found({}), {
      errors: [],
      warnings: [],
      unverified: [
        "VPC vpc-0a1b2c3d",
        "subnets subnet-0a1b2c3d, subnet-1a1b2c3d",
        "security groups sg-0a1b2c3d",
      ],
    });
  });

  it("of which the file leaves something out is not verified in that", () => {
    const { vpcId } = network;
    const half: CloudFile = {
      vpcs: { [vpcId]: { region: "us-west-2", dnsSupport: true } },
      subnets: { "subnet-0a1b2c3d": { vpc: vpcId, zone: "a" }, "subnet-1a1b2c3d": { ...subnet, zone: "b" } },
      securityGroups: { "sg-0a1b2c3d": { vpc: vpcId, egress: true } },
    };
    const vpcEndpoints = { restApi: [accountObjectId("rest")], dataplaneRelay: [accountObjectId("relay")] };
    assert.deepEqual(found(half, { vpcEndpoints }), {
      errors: [],
      warnings: [],
      unverified: [
        "VPC vpc-0a1b2c3d: DNS hostnames, its way to the internet",
        "VPC endpoints rest, relay",
        "subnet subnet-0a1b2c3d: free addresses, its network ACL",
        "security group sg-0a1b2c3d: traffic among its members",
      ],
    });
  });

  const wrong: readonly [string, CloudFile, Partial<Network>, readonly string[]][] = [
    ["whose VPC's id is none", good, { vpcId: "v" }, ["vpc"]],
    ["whose VPC does not exist", { ...good, vpcs: {} }, {}, ["vpc"]],
    [
      "in another region",
      { ...good, vpcs: { [network.vpcId]: { ...vpc, region: "eu-west-1" } } },
      {},
      ["vpc"],
    ],
    [
      "without DNS names",
      { ...good, vpcs: { [network.vpcId]: { ...vpc, dnsHostnames: false } } },
      {},
      ["vpc"],
    ],
    ["without DNS", { ...good, vpcs: { [network.vpcId]: { ...vpc, dnsSupport: false } } }, {}, ["vpc"]],
    ["without a way out", { ...good, vpcs: { [network.vpcId]: { ...vpc, egress: "none" } } }, {}, ["subnet"]],
    ["whose subnets do not exist", { ...good, subnets: {} }, {}, ["subnet", "subnet"]],
    [
      "in one zone",
      { ...good, subnets: { "subnet-0a1b2c3d": subnet, "subnet-1a1b2c3d": subnet } },
      {},
      ["subnet"],
    ],
    [
      "whose ACL is closed",
      {
        ...good,
        subnets: {
          "subnet-0a1b2c3d": { ...subnet, networkAclAllows: false },
          "subnet-1a1b2c3d": { ...subnet, zone: "us-west-2b" },
        },
      },
      {},
      ["networkAcl"],
    ],
    ["whose security group does not exist", { ...good, securityGroups: {} }, {}, ["securityGroup"]],
    [
      "whose security group keeps its members apart",
      { ...good, securityGroups: { "sg-0a1b2c3d": { ...group, selfTraffic: false } } },
      {},
      ["securityGroup"],
    ],
  ];
  for (const [what, cloud, patch, types] of wrong) {
    it(`${what} is broken, with what kind of thing is wrong`, () => {
      assert.deepEqual(found(cloud, patch).errors, types);
    });
  }

  for (const egress of ["nat-instance", "firewall"] as const) {
    it(`that goes out by a ${egress} always gets a warning`, () => {
      const cloud = { ...good, vpcs: { [network.vpcId]: { ...vpc, egress } } };
      assert.deepEqual(found(cloud), { errors: [], warnings: ["subnet"], unverified: [] });
    });
  }
});
