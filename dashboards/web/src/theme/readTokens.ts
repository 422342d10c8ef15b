/** The design tokens as the browser resolves them now, for libraries that need values instead of `var(--x)`. */
export function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
