import { useText } from '../i18n/text';

const MOST = 500;

/** A whole number between one and five hundred, with a large button on each side. */
export function Stepper({ value, labelledBy, onChange }: { value: number; labelledBy: string; onChange: (value: number) => void }) {
  const { t } = useText();
  const set = (next: number) => onChange(Math.max(1, Math.min(MOST, Math.round(next))));
  return (
    <div className="stepper">
      <button type="button" aria-label={t('orderForm.less')} disabled={value <= 1} onClick={() => set(value - 1)}>−</button>
      <input
        data-testid="order-quantity"
        inputMode="numeric"
        aria-labelledby={labelledBy}
        value={value}
        onChange={(event) => {
          const typed = Number(event.target.value);
          if (Number.isFinite(typed) && typed > 0) set(typed);
        }}
      />
      <button type="button" aria-label={t('orderForm.more')} disabled={value >= MOST} onClick={() => set(value + 1)}>+</button>
    </div>
  );
}
