import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";

test("of 60 storage configurations made at once 50 are, and the others are told of the limit", async (t) => {
  const http = await databricksHttp(t);
  const path = `/api/2.0/accounts/${http.account}/storage-configurations`;
  const make = (count: number) =>
    http.send({
      method: "POST",
      path,
      body: { storage_configuration_name: `s${count}`, root_bucket_info: { bucket_name: `bucket-${count}` } },
    });
  const answers = await Promise.all(Array.from({ length: 60 }, (_, count) => make(count)));
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  assert.equal(refused.length, 10);
  for (const answer of refused)
    assert.deepEqual(answer.json(), {
      error_code: "INVALID_STATE",
      message: "Storage configuration limit exceeded, only 50 storage configurations are allowed",
    });
  const listed = (await http.send({ path })).json();
  assert.equal(listed.length, 50);
  await http.send({ method: "DELETE", path: `${path}/${listed[0].storage_configuration_id}` });
  assert.equal((await make(60)).statusCode, 200);
});
