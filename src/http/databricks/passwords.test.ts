import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";

test("a right password that comes after many wrong ones of its user is answered before most of them", async (t) => {
  const { app, account, administrator } = await databricksHttp(t);
  const answered: string[] = [];
  const send = async (password: string, remoteAddress: string) => {
    const answer = await app.inject({
      method: "GET",
      url: `/api/2.0/accounts/${account}/workspaces`,
      remoteAddress,
      headers: {
        authorization: `Basic ${Buffer.from(`${administrator.userName}:${password}`).toString("base64")}`,
      },
    });
    answered.push(`${password === administrator.password ? "right" : "wrong"} ${answer.statusCode}`);
  };
  const wrong = Array.from({ length: 12 }, (_, at) => send(`wrong ${at}`, "192.0.2.1"));
  await Promise.all([...wrong, send(administrator.password, "192.0.2.1")]);
  const place = answered.indexOf("right 200");
  // Two are worked on when it comes, and one may come before it.
  assert.ok(place >= 0 && place <= 5, answered.join(", "));
  assert.deepEqual(new Set(answered), new Set(["right 200", "wrong 401"]));
});
