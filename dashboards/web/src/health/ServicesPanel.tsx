import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { queries } from '../api/queries';
import type { Health } from '../api/types';
import { formatClock, instant } from '../format/time';
import { useText } from '../i18n/text';
import { useTimezone } from '../live/LiveContext';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Panel } from '../ui/Panel';
import { HealthMark } from './HealthMark';

/** A part that works and has nothing to say stays quiet. */
function speaks(part: Health['services'][number]['parts'][number]): boolean {
  return part.state !== 'ok' || part.detail !== '';
}

/** Every service as it last reported itself, with those of its parts that have something to say. */
export function ServicesPanel() {
  const { t } = useText();
  const zone = useTimezone();
  const health = useQuery(queries.health());
  return (
    <Panel title={t('health.services')} caption={health.data && <HealthMark state={health.data.state} />}>
      <Loaded query={health} rows={6}>
        {(data) => (
          <div>
            {data.services.length === 0 && <Empty>{t('health.none')}</Empty>}
            {data.services.map((service) => (
              <Fragment key={service.service}>
                <div className="health-service">
                  <b>{service.service}</b>
                  <HealthMark state={service.state} />
                  <span className="muted">{t('health.heard', { time: formatClock(instant(service.at_real), zone) })}</span>
                </div>
                {service.parts.filter(speaks).map((part) => (
                  <div key={part.name} className="health-part">
                    <span>{part.name}</span>
                    <HealthMark state={part.state} />
                    <span className="muted">{part.detail}</span>
                  </div>
                ))}
              </Fragment>
            ))}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
