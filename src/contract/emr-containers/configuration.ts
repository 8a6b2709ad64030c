import { type TSchema, Type } from "typebox";
import {
  LogGroupName,
  LogUri,
  RotationSize,
  SensitiveString1024,
  String256,
  String1024,
  structure,
  unsupported,
  visibleText,
} from "./shapes.ts";

const PropertiesMap = Type.Record(Type.String(), SensitiveString1024, {
  propertyNames: String1024,
  maxProperties: 100,
});

function configuration<Nested extends TSchema>(example: string, configurations: Nested) {
  return structure({
    classification: visibleText(1024, false, example),
    properties: Type.Optional(PropertiesMap),
    configurations,
  });
}

/**
 * The model nests configurations without end; the only use is one level (`spark-env` holding `export`), and a deeper
 * one is refused by name.
 */
const NestedConfiguration = configuration("export", unsupported("nest configurations one level deep"));
const Configuration = configuration(
  "spark-env",
  Type.Optional(Type.Array(NestedConfiguration, { maxItems: 100 })),
);

const MonitoringConfiguration = structure({
  persistentAppUI: Type.Optional(Type.Enum(["ENABLED", "DISABLED"])),
  cloudWatchMonitoringConfiguration: Type.Optional(
    structure({ logGroupName: LogGroupName, logStreamNamePrefix: Type.Optional(String256) }),
  ),
  s3MonitoringConfiguration: Type.Optional(
    structure({
      logUri: LogUri,
      encryptionKeyArn: unsupported("leave it out: log objects are not encrypted with a key of KMS"),
    }),
  ),
  managedLogs: Type.Optional(
    structure({
      allowAWSToRetainLogs: Type.Optional(
        Type.Enum(["ENABLED", "DISABLED"], {
          "x-ignored":
            "no log is sent to AWS; the run's directory keeps its output for retention.runDirectoriesDays",
        }),
      ),
      encryptionKeyArn: unsupported("leave it out: logs are not encrypted with a key of KMS"),
    }),
  ),
  containerLogRotationConfiguration: Type.Optional(
    Type.Object(
      { rotationSize: RotationSize, maxFilesToKeep: Type.Integer({ minimum: 1, maximum: 50 }) },
      { additionalProperties: false, "x-with": ["s3MonitoringConfiguration"] },
    ),
  ),
});

export const ConfigurationOverrides = structure({
  applicationConfiguration: Type.Optional(Type.Array(Configuration, { maxItems: 100 })),
  monitoringConfiguration: Type.Optional(MonitoringConfiguration),
});
