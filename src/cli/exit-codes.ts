/** What the exit code of every command means. Scripts rely on these: they do not change. */
export const EXIT_CODES = {
  ok: 0,
  /** What was asked for could not be done. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The server does not answer. */
  unreachable: 3,
  /** The Spark run itself ended as FAILED or CANCELLED. */
  runFailed: 4,
  /** Ended by Ctrl-C: 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The table for `firesteel --help`. */
export const EXIT_CODE_HELP = `Exit codes:
  0    done
  1    failed
  2    wrong usage or configuration
  3    the server cannot be reached
  4    the Spark run ended as FAILED or CANCELLED
  130  interrupted`;
