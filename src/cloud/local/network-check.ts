import type {
  Network,
  NetworkErrorType,
  NetworkFinding,
  NetworkWarningType,
} from "../../core/account-object/network.ts";
import type { NetworkCheck } from "../../core/ports/cloud.ts";
import type { CloudFile } from "./cloud-file.ts";

const HEX = "[0-9a-f]{8}(?:[0-9a-f]{9})?";
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
const FORMS = {
  vpc: new RegExp(`^vpc-${HEX}$`),
  subnet: new RegExp(`^subnet-${HEX}$`),
  securityGroup: new RegExp(`^sg-${HEX}$`),
} as const;

/** Databricks asks for a netmask of /17 to /26; the smallest leaves 59 addresses, of which a workspace needs two a node. */
const MIN_FREE_ADDRESSES = 2;

/** Everything of databricks-account-api.md B6 that can be said of a network, by form and by the file. */
export function checkNetworkParts(network: Network, region: string, cloud: CloudFile): NetworkCheck {
  const errors: NetworkFinding<NetworkErrorType>[] = [];
  const warnings: NetworkFinding<NetworkWarningType>[] = [];
  const unverified: string[] = [];
  const wrong = (type: NetworkErrorType, message: string) => errors.push({ type, message });
  for (const [kind, ids] of [
    ["vpc", [network.vpcId]],
    ["subnet", network.subnetIds],
    ["securityGroup", network.securityGroupIds],
  ] as const) {
    for (const id of ids) if (!FORMS[kind].test(id)) wrong(kind, `${id} is not the id of a ${NOUNS[kind]}.`);
  }
  if (errors.length > 0) return { errors, warnings, unverified };

  checkVpc();
  checkEndpoints();
  checkSubnets();
  checkSecurityGroups();
  return { errors, warnings, unverified };

  function checkVpc(): void {
    if (cloud.vpcs === undefined) {
      unverified.push(`VPC ${network.vpcId}`);
      return;
    }
    const vpc = cloud.vpcs[network.vpcId];
    if (vpc === undefined) {
      wrong("vpc", `The vpc ID '${network.vpcId}' does not exist.`);
      return;
    }
    unknown(`VPC ${network.vpcId}`, {
      "DNS resolution": vpc.dnsSupport,
      "DNS hostnames": vpc.dnsHostnames,
      "its way to the internet": vpc.egress,
    });
    if (vpc.region !== region)
      wrong("vpc", `VPC ${network.vpcId} is in ${vpc.region}, the workspace in ${region}.`);
    if (vpc.dnsSupport === false) wrong("vpc", `VPC ${network.vpcId} does not have DNS resolution enabled.`);
    if (vpc.dnsHostnames === false) wrong("vpc", `VPC ${network.vpcId} does not have DNS hostnames enabled.`);
    if (vpc.egress === "none") {
      wrong(
        "subnet",
        `The subnets of VPC ${network.vpcId} have no route to the internet: add a NAT gateway.`,
      );
    } else if (vpc.egress === "nat-instance" || vpc.egress === "firewall") {
      // Seed 000 L512: of anything but a NAT gateway the check always warns.
      const what = vpc.egress === "firewall" ? "a firewall" : "a NAT instance";
      const message = `The subnets of VPC ${network.vpcId} reach the internet by ${what}, not by a NAT gateway: what it lets through is not checked.`;
      warnings.push({ type: "subnet", message });
    }
  }

  /** A file may leave out what whoever wrote it does not know either. */
  function unknown(what: string, facts: Readonly<Record<string, unknown>>): void {
    const names = Object.keys(facts).filter((name) => facts[name] === undefined);
    if (names.length > 0) unverified.push(`${what}: ${names.join(", ")}`);
  }

  function checkEndpoints(): void {
    const { restApi = [], dataplaneRelay = [] } = network.vpcEndpoints ?? {};
    const ids = [...restApi, ...dataplaneRelay];
    if (cloud.vpcEndpoints === undefined && ids.length > 0)
      unverified.push(`VPC endpoints ${ids.join(", ")}`);
  }

  function checkSubnets(): void {
    if (cloud.subnets === undefined) {
      unverified.push(`subnets ${network.subnetIds.join(", ")}`);
      return;
    }
    const zones = new Set<string>();
    for (const id of network.subnetIds) {
      const subnet = cloud.subnets[id];
      if (subnet === undefined) {
        wrong("subnet", `The subnet ID '${id}' does not exist.`);
        continue;
      }
      zones.add(subnet.zone);
      unknown(`subnet ${id}`, {
        "free addresses": subnet.freeAddresses,
        "its network ACL": subnet.networkAclAllows,
      });
      if (subnet.vpc !== network.vpcId)
        wrong("subnet", `Subnet ${id} is in VPC ${subnet.vpc}, not in ${network.vpcId}.`);
      if ((subnet.freeAddresses ?? MIN_FREE_ADDRESSES) < MIN_FREE_ADDRESSES)
        wrong("subnet", `Subnet ${id} has no free addresses left.`);
      if (subnet.networkAclAllows === false)
        wrong("networkAcl", `The network ACL of subnet ${id} does not allow the traffic of the workspace.`);
    }
    if (errors.length === 0 && zones.size < 2)
      wrong("subnet", `Subnets ${network.subnetIds.join(", ")} are in one availability zone: use two.`);
  }

  function checkSecurityGroups(): void {
    if (cloud.securityGroups === undefined) {
      unverified.push(`security groups ${network.securityGroupIds.join(", ")}`);
      return;
    }
    for (const id of network.securityGroupIds) {
      const group = cloud.securityGroups[id];
      if (group === undefined) {
        wrong("securityGroup", `The security group '${id}' does not exist.`);
        continue;
      }
      unknown(`security group ${id}`, {
        "traffic among its members": group.selfTraffic,
        "outbound traffic": group.egress,
      });
      if (group.vpc !== network.vpcId)
        wrong("securityGroup", `Security group ${id} is in VPC ${group.vpc}, not in ${network.vpcId}.`);
      if (group.selfTraffic === false) {
        wrong(
          "securityGroup",
          `Security group ${id} does not allow all TCP and UDP traffic among its own members.`,
        );
      }
      if (group.egress === false) {
        const message = `Security group ${id} does not allow all the outbound traffic that a workspace needs.`;
        warnings.push({ type: "securityGroup", message });
      }
    }
  }
}

const NOUNS = { vpc: "VPC", subnet: "subnet", securityGroup: "security group" } as const;
