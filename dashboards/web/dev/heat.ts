/** How warm the fixture's chambers are, minute by minute. */
/** Freezer after its compressor stops: fast while the air warms, slow once the load carries it. */
export function warming(minutesSinceStop: number): number {
  if (minutesSinceStop < 0) return -30.5 + Math.sin(minutesSinceStop * 0.55) * 0.3;
  return -30.5 + 10.15 * (1 - Math.exp(-minutesSinceStop / 12)) + 0.038 * minutesSinceStop;
}

export function coldRoom(minute: number): number {
  return 4.1 + Math.sin(minute * 0.12) * 0.35 + Math.sin(minute * 0.045) * 0.2;
}
