/** Where an installation stands. */
export interface InstallProgress {
  /** Such as `downloading pyspark-3.5.9.tar.gz`. */
  readonly step: string;
  /** How much of the step is done, from 0 to 1; null where it cannot be told. */
  readonly fraction: number | null;
}

export type OnProgress = (progress: InstallProgress) => void;

/** Reads pip's output, with the progress of `--progress-bar raw` (`Progress <done> of <total>`, in bytes). */
export function pipProgress(onProgress: OnProgress): (line: string) => void {
  let step = "";
  const begin = (next: string) => {
    step = next;
    onProgress({ step, fraction: null });
  };
  return (line) => {
    const progress = /^Progress (\d+) of (\d+)$/.exec(line);
    const download = /^\s*Downloading (\S+)/.exec(line);
    const build = /^Building wheels? for collected packages: (.+)$/.exec(line);
    const install = /^Installing collected packages: (.+)$/.exec(line);
    if (progress !== null) {
      const total = Number(progress[2]);
      if (total > 0) onProgress({ step, fraction: Math.min(1, Number(progress[1]) / total) });
    } else if (download?.[1] !== undefined) begin(`downloading ${fileNameOf(download[1])}`);
    else if (build !== null) begin(`building ${build[1]}`);
    else if (install !== null) begin(`unpacking ${install[1]}`);
  };
}

/** One line for the user. */
export function describeProgress({ step, fraction }: InstallProgress): string {
  return fraction === null ? step : `${step} (${Math.floor(fraction * 100)} %)`;
}

/** pip prints an address where the index is not its default; it may carry a password. */
function fileNameOf(address: string): string {
  return address.slice(address.lastIndexOf("/") + 1);
}
