import { Type } from "typebox";
import { structure, text, unsupported } from "../emr-containers/shapes.ts";
import { operation } from "../operation.ts";

/** The signing name of the service: the third part of a signature's scope. */
export const EMR_SERVICE = "elasticmapreduce";

/** What the header `X-Amz-Target` puts before an operation's name (botocore's model `emr` 2009-03-31). */
export const EMR_TARGET_PREFIX = "ElasticMapReduce.";

const XmlStringMaxLen256 = text({ min: 0, max: 256 });
const ArnType = text({
  min: 20,
  max: 2048,
  example: "arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/x",
});
/** The model also has Tez and YARN, which are not here. */
const UiType = Type.Enum(["SHS"]);
const NOTHING = structure({});

const CreatePersistentAppUI = operation({
  name: "CreatePersistentAppUI",
  method: "POST",
  path: "/",
  summary: "Names the application UI of a job run",
  params: NOTHING,
  query: NOTHING,
  body: structure({
    TargetResourceArn: ArnType,
    EMRContainersConfig: Type.Optional(structure({ JobRunId: Type.Optional(XmlStringMaxLen256) })),
    Tags: unsupported("leave it out: an application UI holds nothing of its own"),
    XReferer: unsupported("leave it out: there is one console"),
    ProfilerType: Type.Optional(UiType),
  }),
  response: structure({
    PersistentAppUIId: Type.String(),
    RuntimeRoleEnabledCluster: Type.Boolean(),
  }),
});

const DescribePersistentAppUI = operation({
  name: "DescribePersistentAppUI",
  method: "POST",
  path: "/",
  summary: "Tells whether an application UI can be opened",
  params: NOTHING,
  query: NOTHING,
  body: structure({ PersistentAppUIId: XmlStringMaxLen256 }),
  response: structure({
    PersistentAppUI: structure({
      PersistentAppUIId: Type.String(),
      PersistentAppUITypeList: Type.Array(UiType),
      PersistentAppUIStatus: Type.String(),
      LastStateChangeReason: Type.Optional(Type.String()),
      Tags: Type.Array(structure({ Key: Type.String(), Value: Type.String() })),
    }),
  }),
});

const GetPersistentAppUIPresignedURL = operation({
  name: "GetPersistentAppUIPresignedURL",
  method: "POST",
  path: "/",
  summary: "Answers a URL that opens an application UI in a browser, once",
  params: NOTHING,
  query: NOTHING,
  body: structure({
    PersistentAppUIId: XmlStringMaxLen256,
    PersistentAppUIType: Type.Optional(UiType),
    ApplicationId: unsupported("leave it out: the id of the application UI says which run it is"),
    AuthProxyCall: unsupported("leave it out: a URL is opened by whoever asked for it"),
    ExecutionRoleArn: unsupported("leave it out: a run's application UI is its account's"),
  }),
  response: structure({
    PresignedURLReady: Type.Boolean(),
    PresignedURL: Type.Optional(Type.String()),
  }),
});

/**
 * What of Amazon EMR's own API (65 operations in botocore's model `emr` 2009-03-31) concerns job runs on EKS: the
 * application UIs, which emr-b.md L4083-4121 lets callers make. The others are refused by name.
 */
export const EMR_OPERATIONS = {
  CreatePersistentAppUI,
  DescribePersistentAppUI,
  GetPersistentAppUIPresignedURL,
} as const;

/** Body of every error (AWS JSON 1.1). */
export const EmrErrorBody = Type.Object({ __type: Type.String(), Message: Type.String() });

export type EmrOperationName = keyof typeof EMR_OPERATIONS;
