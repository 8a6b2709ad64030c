import { command } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const runtimeList = command({
  path: ["runtime", "list"],
  summary: "List the Spark runtimes that are installed",
  examples: [{ command: "firesteel runtime list", explanation: "what is there" }],
  async run(_values, { host, print }) {
    const runtimes = await (await host.runtimes()).list();
    print.result(runtimes, () =>
      print.table(
        [{ title: "NAME" }, { title: "SPARK" }, { title: "JAVA" }, { title: "SPARK HOME" }],
        runtimes.map(({ name, sparkVersion, javaVersion, sparkHome }) => [
          name,
          sparkVersion,
          String(javaVersion),
          sparkHome,
        ]),
        "No runtimes yet. The first run installs one, or: firesteel runtime install",
      ),
    );
    return EXIT_CODES.ok;
  },
});
