import type { CSSProperties } from 'react';
import type { Order } from '../api/types';
import { useText } from '../i18n/text';
import { stepsOfOrder } from './counts';

const STEPS = [
  ['reserved', 'reserved'],
  ['picked', 'picking'],
  ['packed', 'packed'],
  ['inTransit', 'in_transit'],
  ['received', 'received'],
] as const;

/** How many of the ordered bags have reached each step on the way to the hospital. */
export function OrderProgress({ order }: { order: Order }) {
  const { t, word } = useText();
  const steps = stepsOfOrder(order);
  return (
    <ol className="progress" aria-label={t('order.progress')}>
      {STEPS.map(([key, state]) => {
        const share = steps.quantity === 0 ? 0 : steps[key] / steps.quantity;
        const look = share >= 1 ? 'progress-done' : share > 0 ? 'progress-part' : '';
        return (
          <li key={key} className={look} data-testid={`order-step-${state}`} data-count={steps[key]} style={{ '--share': `${share * 100}%` } as CSSProperties}>
            <b>{word('orderState', state)}</b>
            {steps[key]} / {steps.quantity}
          </li>
        );
      })}
    </ol>
  );
}
