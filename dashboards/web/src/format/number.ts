const MINUS = '\u2212';
const THIN_SPACE = '\u2009';
const NARROW_NBSP = '\u00a0';

/** A number with a true minus sign and thousands grouped by a thin space; the same in both languages. */
export function formatNumber(value: number, digits = 0): string {
  const [whole = '0', fraction] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  const isZero = /^[0.\u2009]*$/.test(text);
  return value < 0 && !isZero ? MINUS + text : text;
}

/** `−19.3 °C`: one decimal, a no-break space before the unit. */
export function formatTemperature(celsius: number, digits = 1): string {
  return `${formatNumber(celsius, digits)}${NARROW_NBSP}°C`;
}

/** `6` or `5.5`: a limit with the decimals it has, at most two; it is never rounded to a whole degree. */
export function formatLimit(celsius: number): string {
  const digits = [0, 1].find((count) => Math.abs(celsius - Number(celsius.toFixed(count))) < 1e-6) ?? 2;
  return formatNumber(celsius, digits);
}

/** Days of cover: one decimal under ten, none above. */
export function formatCover(days: number): string {
  return formatNumber(days, days < 10 ? 1 : 0);
}
