import { useQuery } from '@tanstack/react-query';
import { Input, type InputRef } from 'antd';
import { useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';
import { useShortcuts } from '../shell/useShortcuts';
import { Kbd } from '../ui/Kbd';
import { Loaded } from '../ui/Loaded';
import { SuspensionsView } from '../suspensions/SuspensionsView';
import { Chips } from '../ui/Chips';
import { AlarmDrawer } from './AlarmDrawer';
import { AlarmTable } from './AlarmTable';
import { FloodStrip } from './FloodStrip';
import { ALARM_FILTERS, byUrgency, passes, type AlarmFilter } from './groups';
import { ToCloseView } from './ToCloseView';
import { alarmPlace, alarmTitle, isUnacknowledged } from './wording';
import './AlarmsScreen.css';

const VIEWS = ['now', 'toClose', 'suspended'] as const;

/** What calls now, what is over and unexplained, and where nobody is called. */
export default function AlarmsScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'now';
  const views = <Chips name="alarm-view" label={t('alarms.title')} value={view} onChange={(next) => setParams(next === 'now' ? {} : { view: next })} options={VIEWS.map((value) => ({ value, label: t(`alarms.view.${value}`) }))} />;
  if (view === 'now') return <AlarmsNow views={views} />;
  return (
    <div className="page">
      <div className="title-row"><h1>{t('alarms.title')}</h1><span className="grow" />{views}</div>
      {view === 'toClose' ? <ToCloseView /> : <SuspensionsView />}
    </div>
  );
}

/** Every alarm, grouped by what it waits for, and the one in hand beside the list. */
function AlarmsNow({ views }: { views: ReactNode }) {
  const text = useText();
  const { t } = text;
  const [params, setParams] = useSearchParams();
  const [filter, setFilter] = useState<AlarmFilter>('open');
  const [find, setFind] = useState('');
  const [closed, setClosed] = useState(false);
  const search = useRef<InputRef>(null);
  const alarms = useQuery(queries.alarms(filter === 'all' ? 'all' : 'open'));

  const all = alarms.data?.items ?? [];
  const needle = find.trim().toLowerCase();
  const shown = all
    .filter((alarm) => passes(alarm, filter))
    .filter((alarm) => `${alarmTitle(text, alarm)} ${alarmPlace(text, alarm)} ${alarm.source}`.toLowerCase().includes(needle))
    .sort(byUrgency);
  const selected = closed ? null : (params.get('id') ?? shown[0]?.id ?? null);
  const select = (id: string) => {
    setClosed(false);
    setParams({ id }, { replace: true });
  };
  const close = () => {
    setClosed(true);
    setParams({}, { replace: true });
  };
  useShortcuts({ search: () => search.current?.focus(), ...(selected === null ? {} : { close }) });
  const open = all.filter((alarm) => alarm.state !== 'normal');

  return (
    <div className={`alarms ${closed ? 'alarms-closed' : ''}`}>
      <div className="alarms-main">
        <div className="title-row">
          <h1>{t('alarms.title')}</h1>
          <span className="muted">{alarms.data && t('alarms.summary', { open: open.length, new: open.filter(isUnacknowledged).length })}</span>
          <span className="grow" />
          {views}
          <span className="caption nowrap">
            <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t('alarms.key.select')} <Kbd>A</Kbd> {t('alarms.key.acknowledge')} <Kbd>S</Kbd>{' '}
            {t('alarms.key.shelve')} <Kbd>/</Kbd> {t('alarms.key.filter')}
          </span>
        </div>
        {alarms.data?.flood && <FloodStrip flood={alarms.data.flood} />}
        <div className="alarms-filters">
          {ALARM_FILTERS.map((one) => (
            <button key={one} type="button" className="chip" aria-pressed={filter === one} onClick={() => setFilter(one)}>
              {t(`alarms.filter.${one}`)}
              {one !== 'all' && <b>{all.filter((alarm) => passes(alarm, one)).length}</b>}
            </button>
          ))}
          <span className="grow" />
          <Input
            ref={search}
            className="alarms-find"
            placeholder={t('alarms.find')}
            aria-label={t('alarms.find')}
            value={find}
            allowClear
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
        <div className="table-scroll">
          <Loaded query={alarms} rows={10}>
            {() => <AlarmTable alarms={shown} anyOpen={open.length > 0} selected={selected} onSelect={select} />}
          </Loaded>
        </div>
      </div>
      {!closed && (
        <aside className="alarms-side" data-testid="alarm-panel">
          {selected !== null && <button type="button" className="alarms-close" aria-label={t('alarm.close')} data-testid="alarm-close" onClick={close}><Kbd>Esc</Kbd></button>}
          {selected === null ? <p className="muted alarms-nothing">{t('alarm.notHere')}</p> : <AlarmDrawer key={selected} id={selected} />}
        </aside>
      )}
    </div>
  );
}
