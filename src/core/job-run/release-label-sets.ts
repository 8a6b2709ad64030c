/** What a label's image is for: job runs, notebook kernels and servers, Livy. */
export type ReleaseProgram = "spark" | "notebook-spark" | "notebook-python" | "livy";

/** Labels of one release that share their programs, flavours and builds. */
export interface LabelGroup {
  readonly programs: readonly ReleaseProgram[];
  /** Empty for the plain label, else such as `java11` or `spark-rapids-java8`. */
  readonly flavours: readonly string[];
  /** Dates as printed, newest first; each flavour has a `-latest` label too. */
  readonly builds: readonly string[];
}

// The sets of labels that releases have in common: emr-d.md 7.2.

const NOTEBOOKS = ["notebook-spark", "notebook-python"] as const;

function group(
  programs: LabelGroup["programs"],
  flavours: readonly string[],
  builds: readonly string[],
): LabelGroup {
  return { programs, flavours, builds };
}

const JAVA_8_AND_11 = ["", "spark-rapids", "java11", "java8", "spark-rapids-java8"];

/** 7.0.0, whose Flink images have builds of their own (set B). */
export function labelsOf7(build: string, flinkBuilds: readonly string[] = [build]): LabelGroup[] {
  return [
    group(["spark"], JAVA_8_AND_11, [build]),
    group(["spark"], ["flink"], flinkBuilds),
    group(NOTEBOOKS, JAVA_8_AND_11, [build]),
  ];
}

/** 7.1.0 and newer, which have Livy images (set A). */
export function labelsOf7WithLivy(build: string): LabelGroup[] {
  return [...labelsOf7(build), group(["livy"], ["", "java11", "java8"], [build])];
}

/** 6.13.0 to 6.15.0 (sets C and D). */
export function labelsOf6WithAl2023(build: string, flinkBuilds: readonly string[] | null): LabelGroup[] {
  const rapids = ["spark-rapids-java17", "spark-rapids-java17-al2023"];
  const flavours = ["", "spark-rapids", "java11", "java17", "java17-al2023"];
  return [
    group(["spark"], [...flavours, ...rapids], [build]),
    ...(flinkBuilds === null ? [] : [group(["spark"], ["flink"], flinkBuilds)]),
    group(NOTEBOOKS, flavours, [build]),
  ];
}

/** 6.9.0 to 6.12.0, whose flavours and notebooks have builds of their own (sets E to H). */
export function labelsOf6(
  builds: readonly string[],
  flavours: Readonly<Record<string, readonly string[]>>,
  notebooks: Readonly<Record<string, readonly string[]>>,
): LabelGroup[] {
  return [
    group(["spark"], [""], builds),
    ...Object.entries(flavours).map(([flavour, dates]) => group(["spark"], [flavour], dates)),
    ...Object.entries(notebooks).map(([flavour, dates]) => group(NOTEBOOKS, [flavour], dates)),
  ];
}

/** Before 6.9.0 there is one image (set I). */
export function labelsOfOneImage(...builds: string[]): LabelGroup[] {
  return [group(["spark"], [""], builds)];
}
