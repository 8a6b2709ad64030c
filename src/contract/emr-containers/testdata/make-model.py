"""Makes model.json: the parts of botocore's emr-containers model that the contract is compared with.

Run with any Python that has botocore: python make-model.py > model.json
"""

import json

import botocore.loaders

IMPLEMENTED = [
    "CancelJobRun",
    "CreateVirtualCluster",
    "DeleteVirtualCluster",
    "DescribeJobRun",
    "DescribeVirtualCluster",
    "ListJobRuns",
    "ListTagsForResource",
    "ListVirtualClusters",
    "StartJobRun",
    "TagResource",
    "UntagResource",
]
KEPT = ["type", "enum", "min", "max", "pattern", "sensitive", "required", "location", "locationName", "exception"]

model = botocore.loaders.Loader().load_service_model("emr-containers", "service-2", "2020-10-01")
shapes = {}


def keep(name):
    if name in shapes:
        return
    source = model["shapes"][name]
    shapes[name] = shape = {key: source[key] for key in KEPT if key in source}
    for part in ("member", "key", "value"):
        if part in source:
            shape[part] = source[part]["shape"]
            keep(shape[part])
    if "members" in source:
        shape["members"] = {
            key: {part: value[part] for part in ("shape", "location", "locationName") if part in value}
            for key, value in source["members"].items()
        }
        for member in source["members"].values():
            keep(member["shape"])


operations = {}
for name, operation in model["operations"].items():
    operations[name] = {"method": operation["http"]["method"], "uri": operation["http"]["requestUri"]}
    if name in IMPLEMENTED:
        operations[name]["input"] = operation["input"]["shape"]
        operations[name]["output"] = operation["output"]["shape"]
        keep(operation["input"]["shape"])
        keep(operation["output"]["shape"])
print(json.dumps({"operations": operations, "shapes": shapes}, indent=1, sort_keys=True))
