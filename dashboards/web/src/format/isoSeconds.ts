/** An instant as the API itself writes it, whole seconds: what is signed must read the same on both sides. */
export function isoSeconds(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
