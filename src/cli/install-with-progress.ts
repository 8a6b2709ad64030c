import type { RuntimeRequirement } from "../core/application/spec.ts";
import type { InstalledRuntime } from "../core/ports/runtimes.ts";
import type { Context } from "./context.ts";
import { LiveLine, progressBar } from "./output/live-line.ts";

/** Installs a runtime where it is missing, with a progress bar on a terminal and a few plain lines elsewhere. */
export async function installWithProgress(
  { clock, host, io, signal }: Pick<Context, "clock" | "host" | "io" | "signal">,
  requirement: RuntimeRequirement,
): Promise<InstalledRuntime> {
  const live = new LiveLine(io.stderr, () => clock.now());
  try {
    const runtimes = await host.runtimes();
    return await runtimes.install(requirement, signal, ({ step, fraction }) =>
      live.update(
        step,
        fraction === null && !io.stderr.isTerminal ? step : `${progressBar(fraction)}  ${step}`,
      ),
    );
  } finally {
    live.clear();
  }
}
