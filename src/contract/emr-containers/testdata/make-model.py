"""Makes model.json: what the contract is compared with, and the parity table made of: botocore's model of a service without prose.

Run with any Python that has botocore: python make-model.py emr-containers 2020-10-01 > model.json
With operations' names behind, the others are named only.
"""

import json
import sys

import botocore.loaders

KEPT = ["type", "enum", "min", "max", "pattern", "sensitive", "required", "location", "locationName", "exception"]

service, version, *chosen = sys.argv[1:]
model = botocore.loaders.Loader().load_service_model(service, "service-2", version)
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
others = []
for name, operation in model["operations"].items():
    if chosen and name not in chosen:
        others.append(name)
        continue
    operations[name] = {"method": operation["http"]["method"], "uri": operation["http"]["requestUri"]}
    for part in ("input", "output"):
        operations[name][part] = operation[part]["shape"]
        keep(operation[part]["shape"])
made = {"operations": operations, "shapes": shapes, **({"others": others} if chosen else {})}
print(json.dumps(made, indent=1, sort_keys=True))
