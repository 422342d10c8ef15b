import type { ServerResponse } from 'node:http';
import { clock } from './answers';
import { coldRoom, warming } from './heat';
import { at, nowMs } from './time';

const CLOCK_MS = 5000;
const READING_MS = 1000;

/** The live stream: a clock every five seconds, readings every second, nothing else ever changes by itself. */
export function streamTo(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send('clock', clock());
  const clockTimer = setInterval(() => send('clock', clock()), CLOCK_MS);
  const readingTimer = setInterval(() => {
    const minute = nowMs() / 60_000;
    const round = (value: number) => Math.round(value * 10) / 10;
    send('reading', [
      { probe: 'cold-1-load', value_c: round(coldRoom(minute)), quality: 'good', at: at(0) },
      { probe: 'plasma-1-load', value_c: round(warming(38)), quality: 'good', at: at(0) },
    ]);
  }, READING_MS);
  response.on('close', () => {
    clearInterval(clockTimer);
    clearInterval(readingTimer);
  });
}
