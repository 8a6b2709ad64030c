/** How long a revoked token is still taken while many read with it. */

export interface RevocationUnderLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Answered before the revocation, by all connections together. */
  readonly warmUp: number;
  /** Resolves once the revocation has been answered. */
  readonly revoke: () => Promise<void>;
}

export interface Revoked {
  /** From the answer of the revocation until the last 200 arrived; 0 where none came after it. */
  readonly lastAcceptedMs: number;
  /** Calls that began after that answer and were accepted all the same. */
  readonly acceptedLate: number;
  readonly acceptedBefore: number;
}

/** Refusals after which a connection takes the token for revoked. */
const REFUSALS = 200;

export async function revokeUnderLoad(load: RevocationUnderLoad): Promise<Revoked> {
  let answeredAt = Number.POSITIVE_INFINITY;
  let lastAcceptedAt = 0;
  let [acceptedBefore, acceptedLate] = [0, 0];
  const warm = Promise.withResolvers<void>();
  const connection = async () => {
    for (let refused = 0; refused < REFUSALS; ) {
      const isLate = answeredAt < Number.POSITIVE_INFINITY;
      const response = await fetch(load.url, { headers: load.headers });
      await response.text();
      if (response.status === 401) refused += 1;
      else if (response.status !== 200) throw new Error(`${load.url}: ${response.status}`);
      else {
        lastAcceptedAt = performance.now();
        if (isLate) acceptedLate += 1;
        else acceptedBefore += 1;
        if (acceptedBefore === load.warmUp) warm.resolve();
      }
    }
  };
  const reading = Promise.all(Array.from({ length: load.connections }, connection));
  await Promise.race([warm.promise, reading]);
  await load.revoke();
  answeredAt = performance.now();
  await reading;
  return { lastAcceptedMs: Math.max(0, lastAcceptedAt - answeredAt), acceptedLate, acceptedBefore };
}
