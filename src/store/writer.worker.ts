import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { BatchDecoder, type DecodedBatch } from "./batch-encoding.ts";
import { commitGroup, type FailedOutcome } from "./sqlite-commit.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import type { FromWriter, ToWriter, WriterData } from "./writer-protocol.ts";

/** A group is closed once it has this many batches, so that the first to come does not wait for all that follow. */
const GROUP_BATCHES = 256;

if (parentPort === null) throw new Error("writer.worker is started as a worker thread");
const port = parentPort;
// Both ends are this folder's own code and share these types.
const { file } = workerData as WriterData;
const connection = new SqliteConnection(file, { readOnly: false });

const decoder = new BatchDecoder();

port.on("message", (first: ToWriter) => {
  let batches: DecodedBatch[] = [];
  for (let message: ToWriter | null = first; message !== null; message = nextWaiting()) {
    if (message.kind === "close") {
      commit(batches);
      connection.close();
      port.close();
      return;
    }
    decoder.add(message.newTexts);
    batches.push(...message.batches.map((batch) => decoder.decode(batch)));
    if (batches.length >= GROUP_BATCHES) {
      commit(batches);
      batches = [];
    }
  }
  commit(batches);
});
send({ kind: "ready" });

/** A message that came while the last group was being written. */
function nextWaiting(): ToWriter | null {
  // As above: only this folder's code writes to the port.
  return (receiveMessageOnPort(port)?.message as ToWriter | undefined) ?? null;
}

function commit(batches: readonly DecodedBatch[]): void {
  if (batches.length === 0) return;
  const outcomes = commitGroup(
    connection,
    batches.map(({ statements }) => statements),
  );
  const committed: number[] = [];
  const failed: { id: number; outcome: FailedOutcome }[] = [];
  for (const [index, { id }] of batches.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind === "committed") committed.push(id);
    else failed.push({ id, outcome: outcome ?? { kind: "failed", message: "no outcome was told" } });
  }
  send({ kind: "done", committed, failed });
}

function send(message: FromWriter): void {
  port.postMessage(message);
}
