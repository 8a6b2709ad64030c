import { Type } from "typebox";
import { operation } from "../operation.ts";
import { NOTHING, structure, TaggableArn, TagKey, TagMap } from "./shapes.ts";

const params = structure({ resourceArn: TaggableArn });

export const TagResource = operation({
  name: "TagResource",
  method: "POST",
  path: "/tags/{resourceArn}",
  summary: "Adds tags to a resource, or overwrites those of the same keys",
  params,
  query: NOTHING,
  body: structure({ tags: TagMap }),
  response: NOTHING,
});

export const UntagResource = operation({
  name: "UntagResource",
  method: "DELETE",
  path: "/tags/{resourceArn}",
  summary: "Removes tags from a resource",
  params,
  query: structure({ tagKeys: Type.Array(TagKey, { maxItems: 50 }) }),
  body: NOTHING,
  response: NOTHING,
});

export const ListTagsForResource = operation({
  name: "ListTagsForResource",
  method: "GET",
  path: "/tags/{resourceArn}",
  summary: "Lists a resource's tags",
  params,
  query: NOTHING,
  body: NOTHING,
  response: structure({ tags: TagMap }),
});
