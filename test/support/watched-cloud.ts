import type { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { LocalCloud } from "../../src/cloud/local/local-cloud.ts";
import { accountId } from "../../src/core/ids.ts";
import type { Cloud } from "../../src/core/ports/cloud.ts";

/** A local cloud without a file; `before` is told each of its methods before it is called. */
export function watchedCloud(buckets: LocalBuckets, before: (method: string) => Promise<void> | void): Cloud {
  const local = new LocalCloud(buckets, { awsAccount: accountId("123456789012"), file: null });
  return new Proxy(local, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...given: unknown[]) => {
        await before(String(name));
        return Reflect.apply(member, target, given);
      };
    },
  });
}
