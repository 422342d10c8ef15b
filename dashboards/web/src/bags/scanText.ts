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
