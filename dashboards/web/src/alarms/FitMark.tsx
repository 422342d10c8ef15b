import { useText } from '../i18n/text';
import { fitMark } from './rescueWish';

/** Yes, no or unknown, by shape and word. */
export function FitMark({ fits, family }: { fits: boolean | null; family: 'rescue.fits' | 'rescue.fit' }) {
  const { word } = useText();
  const { shape, tone } = fitMark(fits);
  return <span className={tone === '' ? 'nowrap' : `nowrap ${tone}`} data-fits={String(fits)}>{shape} {word(family, String(fits))}</span>;
}
