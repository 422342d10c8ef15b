import type { Problem } from './types';

const BASE = '/api/v1';

/** What went wrong, as the API said it (RFC 9457), or `network` when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** The detail in Chinese; null where the warehouse has it in English only. */
    readonly detailZh: string | null,
    readonly titleEn: string,
    readonly titleZh: string,
    /** Each thing that is wrong with what was sent, and where: a field of a form, a line of a file. */
    readonly fields: readonly { where: string; detail: string; detail_zh?: string | null }[] = [],
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

function isProblem(body: unknown): body is Partial<Problem> {
  return typeof body === 'object' && body !== null && 'code' in body;
}

async function failureOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (!isProblem(body)) {
    return new ApiError(response.status, `http_${response.status}`, response.statusText, null, response.statusText, '服务器未给出原因');
  }
  const fields = (body.fields ?? []).map((field) => `${field.where}: ${field.detail}`).join('; ');
  const detail = [body.detail, fields].filter(Boolean).join(' ');
  return new ApiError(response.status, body.code ?? 'unknown', detail, body.detail_zh ?? null, body.title ?? '', body.title_zh ?? '', body.fields ?? []);
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['Idempotency-Key'] = newKey();
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'network', '', null, 'No connection to the warehouse.', '无法连接仓库服务。');
  }
  if (!response.ok) throw await failureOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Unique per press of a button, so that a repeated request does nothing twice. Works without a secure context. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const api = {
  get: <T>(path: string) => send<T>('GET', path),
  post: <T>(path: string, body: unknown = {}) => send<T>('POST', path, body),
  put: <T>(path: string, body: unknown) => send<T>('PUT', path, body),
  delete: (path: string) => send<undefined>('DELETE', path),
};

/** A query string without the empty values. */
export function query(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()}`;
}
