import type { QueryClient } from '@tanstack/react-query';
import type { Change } from '../api/types';

/** What a topic of a change makes old: lists always, the one thing by its id. */
const LISTS: Record<string, string[]> = {
  bag: ['bags', 'overview', 'floor', 'picking', 'labels', 'custody'],
  order: ['orders', 'overview', 'picking'],
  alarm: ['alarms', 'overview', 'to-close', 'cold-chain'],
  suspension: ['suspensions', 'alarms', 'overview', 'cold-chain'],
  notice: ['notices', 'wall', 'responses'],
  channel: ['channels', 'notices'],
  task: ['tasks', 'overview', 'floor', 'picking'],
  consignment: ['consignments'],
  preparation: ['preparations'],
  batch: ['batches', 'preparations', 'floor'],
  label: ['labels', 'release'],
  box: ['floor', 'picking', 'shipments'],
  trip: ['trips', 'floor', 'shipments'],
  return: ['returns'],
  count: ['counts'],
  shelf: ['shelves'],
  floor: ['floor'],
  shipment: ['shipments', 'orders', 'order', 'picking', 'trips'],
  stock: ['overview', 'province', 'stock-bands'],
  province: ['province'],
  disposition: ['dispositions', 'holds'],
  limit: ['limits', 'cold-chain', 'plant', 'overview', 'bag'],
  calibration: ['calibrations', 'cold-chain'],
  logger: ['loggers'],
  duty: ['duties', 'duty', 'duty-records', 'rota', 'cold-chain'],
  deadletter: ['deadletters'],
  edge: ['troubles'],
  laboratory: ['laboratory', 'release'],
  release: ['release'],
  deferral: ['deferrals', 'release'],
  discard: ['discards', 'indicators'],
  custody: ['custody', 'crossmatches', 'patients'],
  hold: ['holds', 'release'],
  recall: ['recalls', 'recall-notices'],
  registry: ['registries'],
};

/** Changes gathered for a moment, so that a burst of events refetches each query once. */
export class ChangeGatherer {
  private readonly topics = new Map<string, Set<string>>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly delayMs = 400,
  ) {}

  add(change: Change): void {
    for (const [topic, ids] of Object.entries(change.topics)) {
      const known = this.topics.get(topic) ?? new Set();
      for (const id of ids) known.add(id);
      this.topics.set(topic, known);
    }
    this.timer ??= setTimeout(() => this.flush(), this.delayMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.topics.clear();
  }

  private flush(): void {
    this.timer = undefined;
    const lists = new Set<string>();
    for (const [topic, ids] of this.topics) {
      for (const list of LISTS[topic] ?? []) lists.add(list);
      for (const id of ids) void this.client.invalidateQueries({ queryKey: [topic, id] });
    }
    this.topics.clear();
    for (const list of lists) void this.client.invalidateQueries({ queryKey: [list] });
  }
}
