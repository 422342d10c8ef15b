import { useMemo } from 'react';
import type { Passport } from '../api/types';
import { Chart } from '../charts/Chart';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { Panel } from '../ui/Panel';
import { passportOption } from './passportOption';

/** The chart of a passport; loaded apart, for it brings the chart library. */
export default function PassportChart({ passport }: { passport: Passport }) {
  const text = useText();
  const { t, language } = text;
  const zone = useTimezone();
  const option = useMemo(
    () => passportOption(passport, text, zone),
    // The texts follow the language; `text` itself is new at every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [passport, language, zone],
  );
  return (
    <Panel title={t('passport.chart')} className="passport-chart-panel">
      <div className="passport-chart" data-testid="passport-chart"><Chart label={t('passport.chart')} option={option} /></div>
      <p className="caption">{t('passport.legend')}</p>
    </Panel>
  );
}
