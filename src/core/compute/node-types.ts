/** As the vendor names them (databricks-workspace-api.md C1.5); there are no GPUs here. */
export type NodeCategory = "General Purpose" | "Memory Optimized" | "Storage Optimized" | "Compute Optimized";

/** A kind of machine that a cluster asks for: its nominal size, whatever this machine has. */
export interface NodeType {
  /** An instance type of EC2, such as `i3.xlarge`. */
  readonly id: string;
  readonly category: NodeCategory;
  readonly cores: number;
  readonly memoryMb: number;
  readonly nvmeDisks: number;
  /** Of each of them. */
  readonly nvmeDiskSizeGb: number;
}

type Disks = readonly [count: number, sizeGb: number];

/** A size of a family: its cores and its disks. */
type Sizes = Readonly<Record<string, readonly [cores: number, ...disks: Disks | []]>>;

const SIZES: Sizes = { large: [2], xlarge: [4], "2xlarge": [8], "4xlarge": [16], "8xlarge": [32] };

/** The newer families with one disk: docs.aws.amazon.com/ec2/latest/instancetypes. */
const SIXTH: Sizes = {
  large: [2, 1, 118],
  xlarge: [4, 1, 237],
  "2xlarge": [8, 1, 474],
  "4xlarge": [16, 1, 950],
  "8xlarge": [32, 1, 1900],
};

const FIFTH: Sizes = {
  large: [2, 1, 75],
  xlarge: [4, 1, 150],
  "2xlarge": [8, 1, 300],
  "4xlarge": [16, 2, 300],
  "8xlarge": [32, 2, 600],
};

/**
 * The types that a workspace offers, by category and in the order of their families: docs.aws.amazon.com/ec2/latest/instancetypes.
 * None is an ARM machine: which libraries a job finds follows from the machine that it runs on, which no node type chooses here.
 */
export const NODE_TYPES: readonly NodeType[] = [
  ...family("General Purpose", "m5d", 4, FIFTH),
  ...family("General Purpose", "m5", 4, SIZES),
  ...family("General Purpose", "m6id", 4, SIXTH),
  ...family("General Purpose", "m6i", 4, SIZES),
  ...family("Memory Optimized", "r5d", 8, FIFTH),
  ...family("Memory Optimized", "r5", 8, SIZES),
  ...family("Memory Optimized", "r6id", 8, SIXTH),
  ...family("Memory Optimized", "r6i", 8, SIZES),
  ...family("Storage Optimized", "i3", 7.625, {
    large: [2, 1, 475],
    xlarge: [4, 1, 950],
    "2xlarge": [8, 1, 1900],
    "4xlarge": [16, 2, 1900],
    "8xlarge": [32, 4, 1900],
  }),
  ...family("Storage Optimized", "i3en", 8, {
    large: [2, 1, 1250],
    xlarge: [4, 1, 2500],
    "2xlarge": [8, 2, 2500],
    "3xlarge": [12, 1, 7500],
    "6xlarge": [24, 2, 7500],
  }),
  ...family("Compute Optimized", "c5d", 2, {
    xlarge: [4, 1, 100],
    "2xlarge": [8, 1, 200],
    "4xlarge": [16, 1, 400],
    "9xlarge": [36, 1, 900],
  }),
  ...family("Compute Optimized", "c5", 2, { xlarge: [4], "2xlarge": [8], "4xlarge": [16], "9xlarge": [36] }),
];

function family(category: NodeCategory, name: string, gbPerCore: number, sizes: Sizes): NodeType[] {
  return Object.entries(sizes).map(([size, [cores, nvmeDisks = 0, nvmeDiskSizeGb = 0]]) => ({
    id: `${name}.${size}`,
    category,
    cores,
    memoryMb: cores * gbPerCore * 1024,
    nvmeDisks,
    nvmeDiskSizeGb,
  }));
}
