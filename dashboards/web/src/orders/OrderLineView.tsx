import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api/queries';
import type { OrderLine } from '../api/types';
import { formatDin, formatGroup } from '../format/blood';
import { useText } from '../i18n/text';
import { componentName } from '../plant/componentName';
import { stepsOf } from './counts';

/** One line: what was asked, how far each bag is, and why it is these bags. */
export function OrderLineView({ line, linkBags }: { line: OrderLine; linkBags: boolean }) {
  const text = useText();
  const { t, pick, word } = text;
  const plant = useQuery(queries.plant());
  const steps = stepsOf(line);
  return (
    <section className="panel" data-testid="order-line" data-line-id={line.id}>
      <div className="line-head">
        <h2>{t('order.line', { quantity: line.quantity, group: formatGroup(line.group), component: componentName(text, plant.data, line.component) })}</h2>
        {line.short > 0 && <b className="warning">▼ {t('order.short', { n: line.short })}</b>}
        <span className="line-count">{steps.reserved} / {steps.quantity}</span>
      </div>
      <div className="blocks" aria-hidden>
        {Array.from({ length: line.quantity }, (_, index) => <i key={index} className={blockLook(index, steps.packed, steps.reserved, line.short)} />)}
      </div>
      <div className="line-tags">
        <span className="tag">{t(line.substitution ? 'order.substitution' : 'order.exact')}</span>
        {line.patient !== null && <span className="tag">{t('custody.patient')} <span className="mono">{line.patient}</span></span>}
        {line.min_days_left > 0 && <span className="tag">{t('order.minDays', { n: line.min_days_left })}</span>}
      </div>
      <p className="line-sentence">{pick(line.sentence_en, line.sentence_zh)}</p>
      {line.bags.length === 0 && <p className="muted">{t('order.noBags')}</p>}
      {line.bags.length > 0 && (
        <ul className="line-bags">
          {line.bags.map((bag) => (
            <li key={bag.bag}>
              {linkBags ? (
                <Link className="mono" to={`/bags/${encodeURIComponent(bag.bag)}`}>{formatDin(bag.bag.split('-')[0] ?? bag.bag)}</Link>
              ) : (
                <span className="mono">{formatDin(bag.bag.split('-')[0] ?? bag.bag)}</span>
              )}
              <b>{bag.group === null ? '?' : formatGroup(bag.group)}</b>
              <span>{word('status', bag.status)}</span>
              <span className="muted" title={t('order.why')}>{pick(bag.why_en, bag.why_zh)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Solid when the bag is packed or further, striped when it is reserved, hollow when it is still to come. */
function blockLook(index: number, packed: number, reserved: number, short: number): string {
  if (index < packed) return 'block-done';
  if (index < reserved) return 'block-reserved';
  return short > 0 ? 'block-short' : '';
}
