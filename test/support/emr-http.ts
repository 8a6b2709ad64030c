import type { TestContext } from "node:test";
import type { ApplicationUiUseCases } from "../../src/use-cases/application-uis.ts";
import { noState, recordingUseCases, SignedHttp, type SignedRequest } from "./signed-http.ts";

export const APPLICATION_UI = "p-run1";

/** Amazon EMR's own dialect over use cases that remember what they were given, and a client that signs for it. */
export function emrHttp(context: TestContext, different: Partial<ApplicationUiUseCases> = {}) {
  const calls: unknown[][] = [];
  const applicationUis: ApplicationUiUseCases = {
    async createUi(_context, ...given) {
      calls.push(given);
      return { id: APPLICATION_UI };
    },
    async describeUi(_context, id) {
      calls.push([id]);
      return { id, waitingFor: "Spark is starting." };
    },
    async openUi(_context, id) {
      calls.push([id]);
      return "to/ken";
    },
    redeem: () => null,
    session: () => null,
    endSession: () => undefined,
    placeOf: async () => ({ kind: "waiting", reason: "" }),
    ...different,
  };
  const http = new SignedHttp({
    useCases: { emrContainers: recordingUseCases([]), state: noState, applicationUis },
  });
  context.after(() => http.close());
  const call = async (name: string, body: unknown, signer: SignedRequest["signer"] = {}) => {
    const answer = await http.send({
      path: "/",
      method: "POST",
      body,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": name.includes(".") ? name : `ElasticMapReduce.${name}`,
      },
      signer: { service: "elasticmapreduce", ...signer },
    });
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
  };
  return { http, call, calls };
}
