/** The middle of the values; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
}

/** What a row of a benchmark's table says: ours and the peer's in one unit, their ratio, and the goal. */
export interface Comparison {
  readonly what: string;
  readonly ours: number;
  readonly peer: number;
  readonly unit: string;
  readonly goal: string;
}

export function printComparison({ what, ours, peer, unit, goal }: Comparison): void {
  console.log(
    `| ${what} | ${ours.toFixed(2)} ${unit} | ${peer.toFixed(2)} ${unit} | ${(ours / peer).toFixed(2)} | ${goal} |`,
  );
}
