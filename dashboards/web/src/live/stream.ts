import type { Change, Clock, LiveDoor, LiveReading, Reset, Wall } from '../api/types';

/** One message of the live stream, as every tab of this browser gets it. */
export type LiveMessage =
  | { kind: 'change'; data: Change }
  | { kind: 'reading'; data: LiveReading[] }
  | { kind: 'door'; data: LiveDoor[] }
  | { kind: 'clock'; data: Clock }
  | { kind: 'sound'; data: Wall }
  | { kind: 'reset'; data: Reset }
  | { kind: 'alive' };

const KINDS = ['change', 'reading', 'door', 'clock', 'sound', 'reset'] as const;

const CHANNEL = 'hemovault-live';
const LEADER_LOCK = 'hemovault-live-leader';
const RETRY_MS = 3_000;

type Listener = (message: LiveMessage) => void;

/**
 * One EventSource per browser: the tab that holds the lock listens to the server and tells the others.
 * Without the Web Locks API (plain HTTP from another computer) each tab listens for itself.
 * Returns the function that stops listening and, for the leader, hands the lead to the next tab.
 */
export function openStream(listener: Listener): () => void {
  const stopped = new AbortController();
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event: MessageEvent<LiveMessage>) => listener(event.data);
  const lead = () =>
    listen(stopped.signal, (message) => {
      listener(message);
      channel.postMessage(message);
    });
  if ('locks' in navigator) {
    navigator.locks.request(LEADER_LOCK, { signal: stopped.signal }, lead).catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  } else {
    void listen(stopped.signal, listener);
  }
  return () => {
    stopped.abort();
    channel.close();
  };
}

/** Listens until stopped; a closed connection is opened again after a pause (the browser does so itself for a dropped one). */
async function listen(signal: AbortSignal, tell: Listener): Promise<void> {
  while (!signal.aborted) {
    await untilClosed(signal, tell);
    await pause(RETRY_MS, signal);
  }
}

function untilClosed(signal: AbortSignal, tell: Listener): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource('/api/v1/events');
    const finish = () => {
      source.close();
      resolve();
    };
    signal.addEventListener('abort', finish, { once: true });
    source.onopen = () => tell({ kind: 'alive' });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) finish();
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event: MessageEvent<string>) => tell({ kind, data: JSON.parse(event.data) as unknown } as LiveMessage));
    }
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
