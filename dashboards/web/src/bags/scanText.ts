const SCANNED = /^(\]C\d)?[=&]/;
const KEYED_DIN = /^[A-NP-Z1-9]\d{4}\s?\d{2}\s?\d{6}(\s?\[?[0-9A-Z*]\]?|\d{2})?$/i;
const KEYED_PRODUCT = /^[A-Z]\d{4}[A-Z0-9]{3}$/i;

/** Does it look like a bar code or a whole donation number, rather than a word to search for? */
export function isScan(text: string): boolean {
  return SCANNED.test(text) || KEYED_DIN.test(text);
}

/** Does it look like a product code, the second half of a bag's name? */
export function isProduct(text: string): boolean {
  return text.replace(/^\]C\d/, '').startsWith('=<') || KEYED_PRODUCT.test(text);
}

/** The donation number in a scanned bar code, as printed or as keyed; null when the text is none. */
export function dinOf(text: string): string | null {
  const body = bare(text);
  const scanned = /^=([A-NP-Z1-9]\d{12})[0-9A-Z]{2}$/i.exec(body);
  if (scanned?.[1] !== undefined) return scanned[1].toUpperCase();
  return KEYED_DIN.test(body) ? body.replace(/\s/g, '').slice(0, 13).toUpperCase() : null;
}

/** The product code in a scanned bar code or as keyed; null when the text is none. */
export function productOf(text: string): string | null {
  const body = bare(text);
  if (!isProduct(body)) return null;
  return body.replace(/^=</, '').toUpperCase();
}

function bare(text: string): string {
  return text.trim().replace(/^\]C\d/, '');
}
