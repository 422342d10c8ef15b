import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries';
import { useText } from '../i18n/text';

/** Whether the drone may fly, and why not; weather that is unknown is no weather to fly in. */
export function WeatherLine() {
  const { t, pick } = useText();
  const weather = useQuery(queries.weather());
  if (!weather.data) return null;
  const { at, flight_stop_en: english, flight_stop_zh: chinese } = weather.data;
  if (at === null) return <span className="warning" data-testid="weather">{t('road.weatherUnknown')}</span>;
  if (english === null) return <span className="label" data-testid="weather">{t('road.fly')}</span>;
  return <span className="warning" data-testid="weather">{t('road.noFly', { why: pick(english, chinese ?? english) })}</span>;
}
