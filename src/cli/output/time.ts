const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");

/** `2026-11-22 07:55:37 +01:00`, or `2026-11-22 06:55:37Z` in UTC; `-` for no time. */
export function formatTime(
  time: Date | number | string | null | undefined,
  options: { utc: boolean },
): string {
  if (time === null || time === undefined) return "-";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  // Minutes to add to UTC; getTimezoneOffset counts the other way.
  const offset = options.utc ? 0 : -date.getTimezoneOffset();
  const shown = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19).replace("T", " ");
  if (options.utc) return `${shown}Z`;
  return `${shown} ${offset < 0 ? "-" : "+"}${pad(Math.abs(offset) / 60)}:${pad(Math.abs(offset) % 60)}`;
}

/** `0.4 s`, `12 s`, `2 min 05 s`, `3 h 02 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad((whole % 3600) / 60)} min`;
}

/** `512 B`, `1.5 KiB`, `20 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
