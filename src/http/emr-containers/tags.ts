import type { EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
import type { Handlers } from "./handlers.ts";

export function tagHandlers(
  useCases: EmrContainersUseCases,
): Handlers<"TagResource" | "UntagResource" | "ListTagsForResource"> {
  return {
    async TagResource(context, { resourceArn, tags }) {
      await useCases.tagResource(context, resourceArn, tags);
      return {};
    },

    async UntagResource(context, { resourceArn, tagKeys }) {
      await useCases.untagResource(context, resourceArn, tagKeys);
      return {};
    },

    async ListTagsForResource(context, { resourceArn }) {
      return { tags: { ...(await useCases.listTags(context, resourceArn)) } };
    },
  };
}
