/** A Fastify server whose one route, the second argument, answers the first as JSON; it ends with its standard input. */
import Fastify from "fastify";

const [body = "", path = ""] = process.argv.slice(2);
const app = Fastify();
app.get(path, async (_request, reply) => reply.type("application/json; charset=utf-8").send(body));
const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
process.stdin.resume().on("end", () => void app.close());
