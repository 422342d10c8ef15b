/** Fixture time: it begins at a fixed moment and runs at the demo's rate. */
const BEGIN_MS = Date.UTC(2026, 10, 20, 6, 32, 8);
export const RATE = 60;

export function nowMs(): number {
  return BEGIN_MS + Math.round(performance.now() * RATE);
}

/** ISO instant so many minutes from now (negative: ago). */
export function at(minutes: number): string {
  return new Date(nowMs() + minutes * 60_000).toISOString();
}
