import { ApiError } from '../api/client';
import type { ScanOutcome } from '../api/types';
import { translate, type Params, type TextKey } from '../i18n/text';

/** A sentence in both languages, so that it follows the person's choice while it stands on the screen. */
export interface Both {
  en: string;
  zh: string;
}

/** What came of a scan. A stop stays until somebody has acknowledged it. */
export interface Verdict {
  id: number;
  accepted: boolean;
  bag: string | null;
  detail: Both;
  next: Both | null;
  code: string | null;
}

export type Said = Omit<Verdict, 'id'>;

export function both(key: TextKey, params: Params = {}, paramsZh: Params = params): Both {
  return { en: translate('en', key, params), zh: translate('zh', key, paramsZh) };
}

export function ofOutcome(said: ScanOutcome): Said {
  return {
    accepted: said.accepted,
    bag: said.bag,
    detail: { en: said.detail_en, zh: said.detail_zh },
    next: said.next_en === null ? null : { en: said.next_en, zh: said.next_zh ?? said.next_en },
    code: said.code,
  };
}

export function stop(detail: Both, next: Both | null = null, bag: string | null = null): Said {
  return { accepted: false, bag, detail, next, code: null };
}

/** Nothing answered, or what was sent is out of order. Without an answer nobody knows whether it was recorded. */
export function ofError(error: Error, bag: string | null): Said {
  if (!(error instanceof ApiError)) return stop({ en: error.message, zh: error.message }, null, bag);
  const detail = { en: error.message || error.titleEn, zh: error.detailZh ?? (error.titleZh || error.message) };
  return { ...stop(detail, error.status === 0 ? both('scan.maybe') : null, bag), code: error.code };
}
