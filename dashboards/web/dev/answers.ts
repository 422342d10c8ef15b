import type { Clock, Health, OrderRequest, ProbeHistory, Session, Task } from '../src/api/types';
import { alarmDetail, alarms, changeAlarm } from './alarms';
import { bag, bags, parentOf, temperature } from './bags';
import { orders, placeOrder, shipments } from './orders';
import { coldRoom, warming } from './heat';
import { overview } from './overview';
import { plant } from './plant';
import { at, nowMs, RATE } from './time';

interface Answer {
  status: number;
  json?: unknown;
}

let session: Session | null = null;

export function clock(): Clock {
  return {
    domain_now: at(0),
    real_now: at(0),
    rate: RATE,
    simulated: true,
    site: { id: 'riverside', name_en: 'Riverside Blood Centre', name_zh: '滨江血液中心', timezone: 'Asia/Shanghai' },
  };
}

function signIn(username: string): Session {
  const hospital = username === 'hospital';
  return { person: username, name: hospital ? 'Chen Yu' : 'Lin Qiao', roles: hospital ? ['hospital'] : username === 'engineer' ? ['engineer'] : ['operator'], hospital: hospital ? 'city-first' : null, expires_at: at(480) };
}

function health(): Health {
  return {
    state: 'degraded',
    services: [
      { service: 'serve', state: 'ok', at_real: at(0), parts: [{ name: 'writer', state: 'ok', detail: '' }, { name: 'historian', state: 'ok', detail: '1 204 readings/s' }] },
      { service: 'bridge/works', state: 'degraded', at_real: at(0), parts: [{ name: 'opc-ua', state: 'down', detail: 'no answer from 127.0.0.1:4842 for 12 s' }] },
    ],
  };
}

function tasks(): Task[] {
  return bags().slice(0, 9).map((item, index) => ({
    id: `tsk-${index}`,
    kind: index % 3 === 0 ? 'pick' : 'put_away',
    bag: item.id,
    from_place: 'prep/robot-1',
    to_place: 'cold-1/s1/012',
    device: index % 3 === 0 ? null : 'crane-1',
    state: (['waiting', 'sent', 'done', 'failed'] as const)[index % 4] ?? 'waiting',
    waits_for_en: index % 4 === 0 ? 'the crane, busy with another bag' : null,
    waits_for_zh: index % 4 === 0 ? '堆垛机正忙于另一袋' : null,
    created_at: at(-index * 3),
    ended_at: null,
  }));
}

function probeHistory(probe: string): ProbeHistory {
  const now = nowMs();
  return {
    probe,
    points: Array.from({ length: 120 }, (_, index) => {
      const value = probe.startsWith('plasma') ? warming(index - 82) : coldRoom(index);
      return [now - (120 - index) * 60_000, value - 0.1, value, value + 0.1];
    }),
    gaps: [],
  };
}

const ok = (json: unknown): Answer => ({ status: json === undefined ? 404 : 200, json: json ?? { code: 'not_found', title: 'Not found.', title_zh: '未找到。', detail: '', fields: [], instance: '', status: 404, type: '' } });

/** One answer of the invented centre. */
export function answer(method: string, url: URL, body: Record<string, unknown>): Answer {
  const [head = '', id = '', tail = ''] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  if (head === 'session') return sessionAnswer(method, body);
  if (method === 'POST') return write(head, id, tail, body);
  switch (head) {
    case 'clock': return ok(clock());
    case 'plant': return ok(plant);
    case 'overview': return ok(overview());
    case 'alarms': return ok(id === '' ? { items: alarms() } : alarmDetail(id));
    case 'bags': return bagAnswer(id, tail, url);
    case 'orders': return ok(id === '' ? { items: orders().filter((order) => url.searchParams.get('state') === 'all' || order.state !== 'received') } : orders().find((order) => order.id === id));
    case 'shipments': return ok(id === '' ? { items: shipments() } : shipments().find((shipment) => shipment.id === id));
    case 'tasks': return ok({ items: tasks() });
    case 'probes': return ok(probeHistory(id));
    case 'health': return ok(health());
    case 'deadletters': return ok({ items: [{ id: 'dl-1', edge: 'rfid-1', epoch: 'e1', seq: 4182, received_real: at(-3), code: 'unknown_tag', detail: 'Tag e280… is not known here.', raw: '{"specversion":"1.0","type":"rfid.crossing.v1","data":{"epc":"e2801160600002"}}' }] });
    case 'edges': return ok({ items: [{ id: 'trb-1', edge: 'rfid-1', kind: 'lost', epoch: '01J8', detail: 'Facts 4100 to 4181 are gone.', raised_at: at(-9) }] });
    case 'ledger': return ok({ ok: true, entries: 18_422, head: '9f1ce0b7c1d2e3f4', fault: null });
    default: return ok(undefined);
  }
}

function sessionAnswer(method: string, body: Record<string, unknown>): Answer {
  if (method === 'DELETE') {
    session = null;
    return { status: 204 };
  }
  if (method === 'POST') session = signIn(String(body.username));
  return session === null ? { status: 401, json: { code: 'session.none', title: 'Sign in first.', title_zh: '请先登录。', detail: '' } } : ok(session);
}

function bagAnswer(id: string, tail: string, url: URL): Answer {
  if (id === '') {
    const status = url.searchParams.get('status');
    const items = bags().filter((item) => status === null || item.status === status);
    return ok({ items, total: items.length * 13 });
  }
  if (tail === 'temperature') return ok(temperature());
  return ok(id.endsWith('D0001V00') ? parentOf(id) : bag(id));
}

function write(head: string, id: string, tail: string, body: Record<string, unknown>): Answer {
  if (head === 'alarms' && tail === 'acknowledge') return ok(changeAlarm(id, { state: 'acknowledged', acknowledged_by: 'Lin Qiao', acknowledged_at: at(0), comment: String(body.comment) }));
  if (head === 'alarms' && tail === 'shelve') return ok(changeAlarm(id, { state: 'shelved', shelved_until: at(Number(body.minutes)), acknowledged_by: 'Lin Qiao' }));
  if (head === 'orders' && id === '') return ok(placeOrder(body as unknown as OrderRequest));
  if (head === 'scans') return ok({ bag: bags()[0]?.id ?? null, candidates: [] });
  return { status: 409, json: { code: 'fixture', title: 'Not now.', title_zh: '暂不可。', detail: 'The fixture does not do this.' } };
}
