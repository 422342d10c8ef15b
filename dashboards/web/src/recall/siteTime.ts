/** The calendar and clock of the site at an instant, as if they were UTC. */
function wallClock(ms: number, timezone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The instant that `2026-11-20T14:30`, read on a clock at the site, means; null for what is no moment. */
export function toInstant(text: string, timezone: string): string | null {
  const wall = Date.parse(`${text.trim().replace(' ', 'T')}Z`);
  if (Number.isNaN(wall)) return null;
  const near = wall - (wallClock(wall, timezone) - wall);
  // Once more from there: around a change of the clocks the first guess may stand on its other side.
  return new Date(wall - (wallClock(near, timezone) - near)).toISOString();
}
