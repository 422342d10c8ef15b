import type { RegistryRequest } from '../api/types';

/** What a request asks for, as a laboratory writes it. */
export function wantedOf(request: RegistryRequest): string {
  if (request.kind === 'rare') return request.antigens_absent.map((antigen) => `${antigen}−`).join(' ');
  return [request.hla ?? '', ...request.antibodies.map((antibody) => (antibody.startsWith('anti-') ? antibody : `anti-${antibody}`))].filter((part) => part !== '').join(' · ');
}

/** Doses that are kept or sent for a request. */
export function dosesFound(request: RegistryRequest): number {
  return request.locks.filter(({ state }) => state === 'held' || state === 'issued').length;
}

/** Can something still be kept for it? */
export function isLive(request: RegistryRequest): boolean {
  return request.state === 'open' || request.state === 'locked' || request.state === 'issued';
}
