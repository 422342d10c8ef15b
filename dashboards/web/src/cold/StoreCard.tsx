import { Link } from 'react-router';
import type { ColdStore } from '../api/types';
import { DutyMark } from '../duties/DutyMark';
import { formatNumber } from '../format/number';
import { useText, type TextKey } from '../i18n/text';
import { toneOf } from '../ui/band';
import { bandWord, limitsText } from '../ui/bandText';
import { Moment } from '../ui/Moment';
import { StoreProbe } from './StoreProbe';
import { worstState } from './storeState';

/** One store: its probes in their band, its machine, its bags, and what stands against it. */
export function StoreCard({ store }: { store: ColdStore }) {
  const text = useText();
  const { t, name } = text;
  const state = worstState(store);
  const tone = toneOf(state, false);
  return (
    <article className={`store store-${tone}`} data-testid={`store-${store.device}`} data-state={state} aria-label={name(store)}>
      <div className="card-head">
        <h2 className="ellipsis"><Link to={`/cold-chain/${encodeURIComponent(store.device)}`}>{name(store)}</Link></h2>
        <span className="caption nowrap">{store.envelope === null ? t('stores.noLimits') : limitsText(text, store.envelope)}{tone !== 'normal' && ` · ${bandWord(text, state)}`}</span>
      </div>
      {store.probes.length === 0 && <p className="muted">{t('stores.noProbe')}</p>}
      {store.probes.map((probe) => <StoreProbe key={probe.id} probe={probe} envelope={store.envelope} />)}
      <StoreMachine store={store} />
      <StoreStanding store={store} />
    </article>
  );
}

type Part = ColdStore['parts'][number];

/** What the store says of itself. Unknown is said and hatched, never guessed; what it does not have is not named. */
export function StoreMachine({ store }: { store: ColdStore }) {
  const { t } = useText();
  const said: Record<Part, [boolean | null, boolean]> = {
    door: [store.door_open, store.door_open === true],
    defrost: [store.defrosting, false],
    compressor: [store.compressor_on, false],
    power: [store.power, store.power === false],
  };
  const words = (part: Part, on: boolean | null) => (on === null ? t('state.unknown') : t(`stores.${part}.${on ? 'yes' : 'no'}` satisfies TextKey));
  return (
    <dl className="store-machine">
      {store.parts.map((part) => {
        const [on, odd] = said[part];
        return (
          <div key={part} data-part={part}>
            <dt>{t(`stores.${part}`)}</dt>
            <dd className={on === null ? 'stale' : odd ? 'warning' : ''}>{odd && '◆ '}{words(part, on)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function StoreStanding({ store }: { store: ColdStore }) {
  const { t, word } = useText();
  return (
    <div className="store-standing">
      {store.alarms.length === 0 ? <span className="muted">{t('stores.noAlarm')}</span> : <Link className="high" to={`/alarms?id=${encodeURIComponent(store.alarms[0] ?? '')}`}>▲ {t('stores.alarms', { n: store.alarms.length })}</Link>}
      <Link to={`/bags?place=${encodeURIComponent(store.place)}`}>{t('common.bagsN', { n: formatNumber(store.bags) })}</Link>
      {store.suspended_until !== null && <b className="warning">◆ {t('stores.suspended')} <Moment at={store.suspended_until} /></b>}
      {store.duty === null ? <span className="muted">{t('stores.noDuty')}</span> : <Link to={`/duties?duty=${encodeURIComponent(store.duty.id)}`}>{word('dutyKind', store.duty.kind)} <Moment at={store.duty.due_at} /> <DutyMark state={store.duty.state} /></Link>}
    </div>
  );
}
