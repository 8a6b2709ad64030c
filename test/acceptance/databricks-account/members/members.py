"""Prints, as JSON, what the SDK sends and reads at each route of the account API: the names of members, by route."""

import dataclasses
import enum
import inspect
import json
import re
import typing

from databricks.sdk.service import billing, iam, oauth2, provisioning, settings


def inner(hint):
    """The types that a hint names, through lists, iterators and options."""
    arguments = typing.get_args(hint)
    return [each for argument in arguments for each in inner(argument)] if arguments else [hint]


def members(hint, seen=()):
    """Names of the members of a dataclass at any depth, with dots between them."""
    names = set()
    for kind in inner(hint):
        if not (inspect.isclass(kind) and dataclasses.is_dataclass(kind)) or kind in seen:
            continue
        hints = typing.get_type_hints(kind)
        # The SDK renames what is a word of Python's: what it reads says the wire's name.
        for field in dataclasses.fields(kind):
            if field.name == "patch_schema" or issubclass(kind, enum.Enum):
                continue
            wire = wire_name(kind, field.name)
            names.add(wire)
            names |= {f"{wire}.{name}" for name in members(hints[field.name], (*seen, kind))}
    return names


def wire_name(kind, name):
    found = re.search(rf'body\["([^"]+)"\] = [^\n]*\bself\.{name}\b', inspect.getsource(kind.as_dict))
    return found.group(1) if found else name


def route_of(source):
    found = re.search(r'_api\.do\(\s*"(\w+)",\s*f?"([^"]+)"', source)
    if found is None or "{self._api.account_id}" not in found.group(2):
        return None
    path = found.group(2).replace("{self._api.account_id}", "{account_id}")
    return f"{found.group(1)} {path}"


def sent(method, source):
    names = set(re.findall(r'(?:body|query)\["([^"]+)"\]', source))
    hints = typing.get_type_hints(method)
    for parameter, hint in hints.items():
        if parameter == "return":
            continue
        below = members(hint)
        whole = re.search(rf"body = {parameter}\.as_dict\(\)", source)
        names |= below if whole else {f"{wire(parameter, source)}.{name}" for name in below}
    return names


def wire(parameter, source):
    found = re.search(rf'body\["([^"]+)"\] = [^\n]*\b{parameter}\b', source)
    return found.group(1) if found else parameter


def received(method, source):
    hint = typing.get_type_hints(method).get("return")
    names = members(hint) if hint is not None else set()
    wrapper = re.search(r'if "(\w+)" in json|\.from_dict\(json\)\.(\w+)', source)
    if wrapper:
        name = wrapper.group(1) or wrapper.group(2)
        names = {name} | {f"{name}.{each}" for each in names}
        if "next_page_token" in source:
            names.add("next_page_token")
    return names


def main():
    routes = {}
    for service in services():
        for name, method in inspect.getmembers(service, inspect.isfunction):
            if name.startswith("_") or name.endswith("_and_wait"):
                continue
            source = inspect.getsource(method)
            route = route_of(source)
            if route is not None:
                known = routes.setdefault(route, {"sent": set(), "received": set()})
                known["sent"] |= sent(method, source)
                known["received"] |= received(method, source)
    print(
        json.dumps(
            {
                route: {direction: " ".join(sorted(names)) for direction, names in routes[route].items()}
                for route in sorted(routes)
            }
        )
    )


def services():
    for module in (billing, iam, oauth2, provisioning, settings):
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if name.endswith("API"):
                yield kind


main()
