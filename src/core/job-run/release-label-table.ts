import {
  type LabelGroup,
  labelsOf6,
  labelsOf6WithAl2023,
  labelsOf7,
  labelsOf7WithLivy,
  labelsOfOneImage,
} from "./release-label-sets.ts";

/** Versions that the service's notes of a release name; absent where they name none. */
export interface ReleaseComponents {
  readonly spark: string;
  readonly hudi?: string;
  readonly iceberg?: string;
  readonly delta?: string;
  readonly rapids?: string;
  readonly flink?: string;
  readonly flinkOperator?: string;
  readonly jupyterEnterpriseGateway?: string;
  readonly awsSdkForJava?: string;
}

/** What one release of EMR on EKS brings. */
export interface Release {
  /** As between `emr-` and the flavour of its labels, such as `7.7.0`. */
  readonly version: string;
  readonly components: ReleaseComponents;
  /** Major version of the Java that labels without a `java` flavour run Spark on. */
  readonly java: number;
  /** Python of PySpark; absent where the notes do not say. */
  readonly python?: string;
  readonly labels: readonly LabelGroup[];
  /** Builds that exist and are in no list. */
  readonly unlisted?: readonly string[];
  /** What `-latest` stands for, by flavour, where it is not the newest build listed. */
  readonly latest?: Readonly<Record<string, string>>;
  /** Builds that exist in {@link FIRST_REGIONS} alone. */
  readonly inFirstRegions?: readonly string[];
}

/** Where EMR on EKS began: emr-d.md D-081. */
export const FIRST_REGIONS = ["us-east-1", "us-west-2", "ap-northeast-1", "eu-west-1", "sa-east-1"] as const;

const FIRST_BUILDS = ["20211008", "20210802", "20210615", "20210129", "20201218", "20201201"];

/** Java 8 is the base image's before 7.0.0, Java 17 from then on (emr-d.md D-084). */
const BEFORE_7 = 8;
const SINCE_7 = 17;

type More = Pick<Release, "latest" | "unlisted" | "inFirstRegions">;

function seven(
  version: string,
  labels: readonly LabelGroup[],
  components: ReleaseComponents,
  more: More = {},
): Release {
  return { version, components, java: SINCE_7, labels, ...more };
}

function older(
  version: string,
  labels: readonly LabelGroup[],
  components: ReleaseComponents,
  more: More = {},
): Release {
  return { version, components, java: BEFORE_7, labels, ...more };
}

const JEG = { jupyterEnterpriseGateway: "2.6.0" };

/** The releases of the guide, newest first, with versions and builds as printed: emr-d.md 7.1 and 7.2. */
export const RELEASES: readonly Release[] = [
  seven("7.7.0", labelsOf7WithLivy("20250131"), {
    spark: "3.5.3-amzn-0",
    hudi: "0.15.0-amzn-3",
    iceberg: "1.6.1-amzn-2",
    delta: "3.2.1-amzn-1",
    rapids: "24.10.1-amzn-0",
    flink: "1.20.0-amzn-0",
    flinkOperator: "1.10.0-amzn-0",
    awsSdkForJava: "2.29.25, 1.12.779",
    ...JEG,
  }),
  seven("7.6.0", labelsOf7WithLivy("20241213"), {
    spark: "3.5.3-amzn-0",
    hudi: "0.15.0-amzn-3",
    iceberg: "1.6.1-amzn-2",
    delta: "3.2.1-amzn-1",
    rapids: "24.10.1-amzn-0",
    flink: "1.20.0-amzn-0",
    flinkOperator: "1.10.0-amzn-0",
    awsSdkForJava: "2.29.25, 1.12.779",
    ...JEG,
  }),
  // Of 7.5.0 and 7.4.0 no page lists a label: see release-label-later.ts.
  seven("7.5.0", [], {
    spark: "3.5.2-amzn-1",
    hudi: "0.15.0-amzn-1",
    iceberg: "1.6.1-amzn-0",
    delta: "3.2.0-amzn-1",
    rapids: "24.08.1-amzn-1",
    flink: "1.19.1-amzn-1",
    flinkOperator: "1.9.0-amzn-0",
    awsSdkForJava: "2.28.8, 1.12.772",
    ...JEG,
  }),
  seven("7.4.0", [], {
    spark: "3.5.2-amzn-0",
    hudi: "0.15.0-amzn-1",
    iceberg: "1.6.1-amzn-0",
    delta: "3.2.0-amzn-1",
    rapids: "24.08.1-amzn-0",
    flink: "1.19.1-amzn-0",
    flinkOperator: "1.9.0-amzn-1",
    awsSdkForJava: "2.25.70, 1.12.772",
    ...JEG,
  }),
  // The date is printed so; later pages of the service spell the plain label's 20240920.
  seven(
    "7.3.0",
    labelsOf7WithLivy("29240920"),
    {
      spark: "3.5.1-amzn-1",
      hudi: "0.15.0-amzn-0",
      iceberg: "1.5.2-amzn-0",
      delta: "3.2.0-amzn-0",
      rapids: "24.06.1-amzn-0",
      flink: "1.18.1-amzn-2",
      flinkOperator: "1.9.0-amzn-0",
      awsSdkForJava: "2.25.70, 1.12.747",
      ...JEG,
    },
    { unlisted: ["20240920"] },
  ),
  seven("7.2.0", labelsOf7WithLivy("20240610"), {
    spark: "3.5.1-amzn-1",
    hudi: "0.14.1-amzn-0",
    iceberg: "1.5.0-amzn-0",
    delta: "3.1.0",
    rapids: "24.02.0-amzn-1",
    flink: "1.18.1-amzn-0",
    flinkOperator: "1.8.0-amzn-1",
    awsSdkForJava: "2.23.18, 1.12.705",
    ...JEG,
  }),
  seven("7.1.0", labelsOf7WithLivy("20240321"), {
    spark: "3.5.0-amzn-1",
    hudi: "0.14.1-amzn-0",
    iceberg: "1.4.3-amzn-0",
    delta: "3.0.0",
    rapids: "23.10.0-amzn-1",
    flink: "1.18.1-amzn-0",
    flinkOperator: "1.6.1-amzn-1",
    awsSdkForJava: "2.23.18, 1.12.656",
    ...JEG,
  }),
  seven(
    "7.0.0",
    labelsOf7("20231211", ["2024321", "20231211"]),
    {
      spark: "3.5.0-amzn-0",
      hudi: "0.14.0-amzn-1",
      iceberg: "1.4.2-amzn-0",
      delta: "3.0.0",
      rapids: "23.10.0-amzn-0",
      flink: "1.18.0-amzn-0",
      flinkOperator: "1.6.1",
      awsSdkForJava: "2.20.160-amzn-0, 1.12.595",
      ...JEG,
    },
    { unlisted: ["2024321"], latest: { "": "2024321" } },
  ),
  older(
    "6.15.0",
    labelsOf6WithAl2023("20231109", ["20240105", "20231109"]),
    {
      spark: "3.4.1-amzn-2",
      hudi: "0.14.0-amzn-0",
      iceberg: "1.4.0-amzn-0",
      delta: "2.4.0",
      rapids: "23.08.01-amzn-0",
      flink: "1.17.1-amzn-1",
      awsSdkForJava: "1.12.569",
      ...JEG,
    },
    { unlisted: ["20240105"], latest: { "": "20240105" } },
  ),
  older("6.14.0", labelsOf6WithAl2023("20231005", null), {
    spark: "3.4.1-amzn-1",
    hudi: "0.13.1-amzn-2",
    iceberg: "1.3.0-amzn-0",
    delta: "2.4.0",
    rapids: "23.06.0-amzn-2",
    awsSdkForJava: "1.12.543",
    jupyterEnterpriseGateway: "2.7.0",
  }),
  older("6.13.0", labelsOf6WithAl2023("20230814", null), {
    spark: "3.4.1-amzn-0",
    hudi: "0.13.1-amzn-0",
    iceberg: "1.3.0-amzn-0",
    delta: "2.4.0",
    rapids: "23.06.0-amzn-1",
    awsSdkForJava: "1.12.513",
    jupyterEnterpriseGateway: "2.6.0.amzn",
  }),
  older(
    "6.12.0",
    labelsOf6(
      ["20240321", "20230701"],
      {
        "spark-rapids": ["20230701"],
        java11: ["20230701"],
        java17: ["20230701"],
        "spark-rapids-java17": ["20230701"],
      },
      { "": ["20230701"], "spark-rapids": ["20230701"] },
    ),
    {
      spark: "3.4.0-amzn-0",
      hudi: "0.13.1-amzn-0",
      iceberg: "1.3.0-amzn-0",
      delta: "2.4.0",
      rapids: "23.06.0-amzn-0",
      awsSdkForJava: "1.12.490",
      ...JEG,
    },
  ),
  older(
    "6.11.0",
    labelsOf6(
      ["20230905", "20230509"],
      { "spark-rapids": ["20230509"], java11: ["20230509"] },
      { "": ["20230509"] },
    ),
    {
      spark: "3.3.2-amzn-0",
      hudi: "0.13.0-amzn-0",
      iceberg: "1.2.0-amzn-0",
      delta: "2.2.0",
      rapids: "23.02.0-amzn-0",
      awsSdkForJava: "1.12.446",
      ...JEG,
    },
  ),
  older(
    "6.10.0",
    labelsOf6(
      ["20230905", "20230624", "20230421", "20230403", "20230220"],
      { "spark-rapids": ["20230624", "20230220"], java11: ["20230624", "20230220"] },
      { "": ["20230624", "20230220"] },
    ),
    {
      spark: "3.3.1-amzn-0",
      hudi: "0.12.2-amzn-0",
      iceberg: "1.1.0-amzn-0",
      delta: "2.2.0",
      awsSdkForJava: "1.12.397",
    },
  ),
  older(
    "6.9.0",
    labelsOf6(
      ["20230905", "20230624", "20221108"],
      { "spark-rapids": ["20230624", "20221108"] },
      { "": ["20230624", "20221108"] },
    ),
    {
      spark: "3.3.0-amzn-1",
      hudi: "0.12.1-amzn-0",
      iceberg: "0.14.1-amzn-0",
      delta: "2.1.0",
      awsSdkForJava: "1.12.331",
    },
  ),
  older(
    "6.8.0",
    labelsOfOneImage("20230905", "20230624", "20221219", "20220802"),
    {
      spark: "3.3.0-amzn-0",
      hudi: "0.11.1-amzn-0",
      iceberg: "0.14.0-amzn-0",
      awsSdkForJava: "1.12.170",
    },
    // The guide's page says so, although a newer build is in its list (emr-d.md 8.2).
    { latest: { "": "20230624" } },
  ),
  older("6.7.0", labelsOfOneImage("20240321", "20230624", "20221219", "20220630"), {
    spark: "3.2.1-amzn-0",
    hudi: "0.11-amzn-0",
    iceberg: "0.13.1",
    jupyterEnterpriseGateway: "2.6",
  }),
  older("6.6.0", labelsOfOneImage("20240321", "20230624", "20221219", "20220411"), {
    spark: "3.2.0-amzn-0",
    hudi: "0.10.1-amzn-0",
    iceberg: "0.13.1",
  }),
  older("6.5.0", labelsOfOneImage("20240321", "20221219", "20220802", "20211119"), { spark: "3.1.2-amzn-1" }),
  older("6.4.0", labelsOfOneImage("20240321", "20221219", "20210830"), { spark: "3.1.2-amzn-0" }),
  older("6.3.0", labelsOfOneImage("20240321", "20220802", "20211008", "20210802", "20210429"), {
    spark: "3.1.1-amzn-0",
  }),
  older(
    "6.2.0",
    labelsOfOneImage("20240321", "20220802", ...FIRST_BUILDS),
    { spark: "3.0.1-amzn-0" },
    { inFirstRegions: FIRST_BUILDS },
  ),
  older("5.36.0", labelsOfOneImage("20240321", "20221219", "20220620", "20220525"), {
    spark: "2.4.8-amzn-2",
  }),
  older("5.35.0", labelsOfOneImage("20240321", "20221219", "20220802", "20220307"), {
    spark: "2.4.8-amzn-1",
    hudi: "0.9.0-amzn-2",
  }),
  older(
    "5.34.0",
    labelsOfOneImage("20240321", "20220802"),
    { spark: "2.4.8-amzn-0" },
    { unlisted: ["20211208"], latest: { "": "20220802" } },
  ),
  older(
    "5.33.0",
    labelsOfOneImage(
      ...["20240321", "20221219", "20220802", "20211008", "20210802"],
      ...["20210615", "20210323"],
    ),
    { spark: "2.4.7-amzn-1" },
  ),
  older(
    "5.32.0",
    labelsOfOneImage("20240321", "20220802", ...FIRST_BUILDS),
    { spark: "2.4.7-amzn-0" },
    { inFirstRegions: FIRST_BUILDS },
  ),
];
