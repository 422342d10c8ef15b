import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { queries } from '../api/queries';
import type { Clock, ColdChain, Overview, PlantView, Wall } from '../api/types';
import { patchStoreDoors, patchStoreReadings } from '../cold/patchStores';
import { anchorOf } from './clock';
import { LiveContext, type LiveStore } from './LiveContext';
import { patchDoors, patchReadings } from './patch';
import { openStream, type LiveMessage } from './stream';
import { ChangeGatherer } from './topics';

const TICK_MS = 250;

interface OpenStore extends LiveStore {
  hear: (clock?: Clock) => void;
}

function createStore(): OpenStore {
  const listeners = new Set<() => void>();
  const tick = () => {
    store.tickMs = performance.now();
    for (const listener of listeners) listener();
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const store: OpenStore = {
    clock: null,
    anchor: null,
    heardMs: performance.now(),
    tickMs: performance.now(),
    subscribe(onTick) {
      listeners.add(onTick);
      timer ??= setInterval(tick, TICK_MS);
      return () => {
        listeners.delete(onTick);
        if (listeners.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      };
    },
    hear(clock) {
      store.heardMs = performance.now();
      if (clock) {
        store.clock = clock;
        store.anchor = anchorOf(clock, store.heardMs);
        tick();
      }
    },
  };
  return store;
}

/** Listens to the live stream while somebody is signed in and keeps the queries and the clock true to it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [store] = useState(createStore);
  const clock = useQuery(queries.clock());

  useEffect(() => {
    if (clock.data) store.hear(clock.data);
  }, [clock.data, store]);

  useEffect(() => {
    const changes = new ChangeGatherer(client);
    const handle = (message: LiveMessage) => {
      store.hear(message.kind === 'clock' ? message.data : undefined);
      switch (message.kind) {
        case 'change':
          changes.add(message.data);
          break;
        case 'reading':
          client.setQueryData<Overview>(['overview'], (old) => old && patchReadings(old, message.data));
          client.setQueryData<ColdChain>(['cold-chain'], (old) => old && patchStoreReadings(old, message.data));
          break;
        case 'door': {
          const plant = client.getQueryData<PlantView>(['plant']);
          if (plant) {
            client.setQueryData<Overview>(['overview'], (old) => old && patchDoors(old, message.data, plant));
            client.setQueryData<ColdChain>(['cold-chain'], (old) => old && patchStoreDoors(old, message.data, plant));
          }
          break;
        }
        case 'sound':
          client.setQueryData<Wall>(['wall'], message.data);
          break;
        case 'reset':
          void client.invalidateQueries();
          break;
        case 'clock':
        case 'alive':
          break;
      }
    };
    const close = openStream(handle);
    return () => {
      close();
      changes.stop();
    };
  }, [client, store]);

  return <LiveContext value={store}>{children}</LiveContext>;
}
