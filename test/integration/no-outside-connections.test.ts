import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheDirectory, sparkRuntime } from "../support/runtime.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const execute = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const TIMEOUT_MS = 480_000;

/**
 * A network of its own: loopback, and one interface that everything else would leave by, where it is counted. The
 * gateway's address is given, so that no packet is sent to find it out; IPv6, which greets its neighbours, is off.
 */
const OBSERVED_NETWORK = `
set -e
# Log4j and Ivy, which Spark starts, look up the machine's own name. It is one that /etc/hosts knows: where it does not,
# they ask the name server, as under bare spark-submit.
hostname localhost
for file in /proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/net/ipv6/conf/default/disable_ipv6; do
  [ ! -e $file ] || echo 1 >$file
done
ip link set lo up
ip link add out0 type veth peer name out1
ip addr add 10.99.0.1/24 dev out0
ip link set out0 arp off up
ip link set out1 arp off up
ip neigh replace 10.99.0.2 lladdr 02:00:00:00:00:02 nud permanent dev out0
ip route add default via 10.99.0.2 dev out0

# Packets that left, and datagrams to ports of loopback where nobody listens, such as a name server's.
observed() {
  left=$(sed -n 's/^ *out0: *//p' /proc/net/dev | awk '{ print $10 }')
  unheard=$(awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp)
  echo "observed $1 $((left + unheard))"
}
`;

/** Why this machine cannot watch the network, or false where it can. */
function whyNot(): string | false {
  const { error, status, stderr } = spawnSync("unshare", ["-rnu", "/bin/sh", "-c", OBSERVED_NETWORK], {
    encoding: "utf8",
  });
  if (error === undefined && status === 0) return false;
  return `needs a network namespace with a virtual interface (unshare -rnu, ip link): ${error?.message ?? stderr.trim()}`;
}

before(async () => void (await sparkRuntime()));

test("a server, its API and a run of Spark connect to nothing outside this machine", {
  timeout: TIMEOUT_MS,
  skip: whyNot(),
}, async (context) => {
  const directory = await temporaryDirectory(context);
  await writeFile(
    join(directory, "watched.sh"),
    `${OBSERVED_NETWORK}
cd ${REPOSITORY}
observed start
bin/firesteel server --port 0 >${directory}/server.log &
server=$!
until [ -f $FIRESTEEL_DATA_DIR/server.json ]; do kill -0 $server; sleep 0.1; done
bin/firesteel emr list
observed server
bin/firesteel emr run examples/averages.py --input examples/data.csv
observed run
bin/firesteel doctor
bin/firesteel runtime list
bin/firesteel stop
wait $server
observed end
python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"seen", ("192.0.2.1", 9))'
observed control
`,
  );
  const { stdout } = await execute("unshare", ["-rnu", "/bin/sh", join(directory, "watched.sh")], {
    env: {
      ...process.env,
      HOME: directory,
      FIRESTEEL_DATA_DIR: join(directory, "data"),
      FIRESTEEL_CACHE_DIR: cacheDirectory,
    },
    timeout: TIMEOUT_MS,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`the watched script failed:\n${error.stdout}\n${error.stderr}`);
  });
  assert.match(stdout, /^Oslo: 7\.0$/m);
  const observed = [...stdout.matchAll(/^observed (\w+) (\d+)$/gm)].map(([, at, count]) => [
    at,
    Number(count),
  ]);
  assert.deepEqual(observed, [
    ["start", 0],
    ["server", 0],
    ["run", 0],
    ["end", 0],
    // What is sent on purpose is seen: the observer works.
    ["control", 1],
  ]);
});
