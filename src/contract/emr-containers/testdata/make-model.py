"""Makes model.json: what the contract is compared with, and the parity table made of: botocore's emr-containers model without prose.

Run with any Python that has botocore: python make-model.py > model.json
"""

import json

import botocore.loaders

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
    for part in ("input", "output"):
        operations[name][part] = operation[part]["shape"]
        keep(operation[part]["shape"])
print(json.dumps({"operations": operations, "shapes": shapes}, indent=1, sort_keys=True))
