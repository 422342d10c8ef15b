import type { ColdStore, ProbeHistory } from '../api/types';
import { formatNumber, formatTemperature } from '../format/number';
import { formatMinutes, instant, MINUTE_MS } from '../format/time';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Moment } from '../ui/Moment';
import { Panel } from '../ui/Panel';
import { figuresOf, limitsAt, missingMinutes } from './unitHistory';

interface Props {
  histories: readonly ProbeHistory[];
  kinds: ReadonlyMap<string, ColdStore['probes'][number]['kind']>;
  nowMs: number;
}

/** The numbers of the chart: each probe's period, and each excursion. */
export function UnitTables({ histories, kinds, nowMs }: Props) {
  return (
    <div className="unit-tables">
      <ProbeFigures histories={histories} kinds={kinds} nowMs={nowMs} />
      <Excursions histories={histories} nowMs={nowMs} />
    </div>
  );
}

function ProbeFigures({ histories, kinds, nowMs }: Props) {
  const { t, word, language } = useText();
  return (
    <Panel title={t('unit.probes')}>
      <div className="table-wrap">
        <table className="list">
          <thead>
            <tr>
              <th>{t('unit.probe')}</th>
              <th className="number">{t('unit.least')}</th>
              <th className="number">{t('unit.mean')}</th>
              <th className="number">{t('unit.greatest')}</th>
              <th className="number">{t('unit.readings')}</th>
              <th className="number">{t('unit.notGood')}</th>
              <th className="number">{t('unit.missing')}</th>
            </tr>
          </thead>
          <tbody>
            {histories.map((history) => {
              const figures = figuresOf(history);
              const { good, uncertain, bad, stale } = history.quality_counts;
              const missing = missingMinutes(history, nowMs);
              const shown = (value: number | undefined) => (value === undefined ? t('state.none') : formatTemperature(value));
              return (
                <tr key={history.probe} data-testid="unit-probe">
                  <td>{word('storeProbe', kinds.get(history.probe) ?? '')}<span className="caption mono">{history.probe}</span></td>
                  <td className="number">{shown(figures?.least)}</td>
                  <td className="number">{shown(figures?.mean)}</td>
                  <td className="number">{shown(figures?.greatest)}</td>
                  <td className="number">{formatNumber(good + uncertain + bad + stale)}</td>
                  <td className="number">{formatNumber(uncertain + bad + stale)}</td>
                  <td className="number">{missing === 0 ? t('state.none') : <b className="warning">◆ {formatMinutes(missing, language)}</b>}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Excursions({ histories, nowMs }: { histories: readonly ProbeHistory[]; nowMs: number }) {
  const { t, language } = useText();
  const rows = histories
    .flatMap((history) => history.events.filter(({ kind }) => kind === 'excursion').map((event) => ({ event, history })))
    .sort((a, b) => instant(b.event.from_at) - instant(a.event.from_at));
  return (
    <Panel title={t('unit.excursions')} caption={rows.length > 0 ? formatNumber(rows.length) : undefined}>
      {rows.length === 0 ? <Empty>{t('unit.noExcursion')}</Empty> : (
        <div className="table-wrap">
          <table className="list">
            <thead>
              <tr>
                <th>{t('unit.from')}</th>
                <th>{t('unit.probe')}</th>
                <th className="number">{t('unit.length')}</th>
                <th className="number">{t('unit.worst')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ event, history }) => {
                const end = event.to_at === null ? nowMs : instant(event.to_at);
                const low = limitsAt(history.limits, instant(event.from_at))?.min_c;
                const below = event.value_c !== null && low != null && event.value_c < low;
                return (
                  <tr key={`${event.id} ${event.from_at}`} data-testid="unit-excursion">
                    <td><Moment at={event.from_at} /></td>
                    <td className="mono">{history.probe}</td>
                    <td className="number">{formatMinutes(Math.max(0, end - instant(event.from_at)) / MINUTE_MS, language)}{event.to_at === null && <b className="high"> {t('unit.lasting')}</b>}</td>
                    <td className="number">{event.value_c === null ? t('state.unknown') : <b className={below ? 'low' : 'high'}>{below ? '▼' : '▲'} {formatTemperature(event.value_c)}</b>}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
