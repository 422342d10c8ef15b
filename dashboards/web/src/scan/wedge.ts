/** A scanner types a label within milliseconds; between two keys of a person lies more than this. */
const SCANNER_GAP_MS = 50;
/** Fewer characters than this are no label. */
const SHORTEST = 3;
/** Every ISBT 128 bar code begins with one of these, or with the scanner's own mark. */
const PREFIX = /^[=&\]]$/;
const ENDS = new Set(['Enter', 'Tab']);

export interface Fed {
  /** The key belongs to a scan: nothing else on the page may answer it. */
  taken: boolean;
  /** A whole label, when this key ended one. */
  text: string | null;
}

const NOTHING: Fed = { taken: false, text: null };

/** Tells the keys of a keyboard-wedge scanner from those of a person, by their speed and by the prefix of bar codes. */
export class Wedge {
  private text = '';
  private lastMs = -Infinity;

  feed(key: string, atMs: number): Fed {
    if (key === 'Shift') return { taken: this.text !== '', text: null };
    const follows = this.text !== '' && atMs - this.lastMs <= SCANNER_GAP_MS;
    if (!follows) this.text = '';
    this.lastMs = atMs;
    if (ENDS.has(key)) {
      const text = this.text;
      this.text = '';
      return text.length >= SHORTEST ? { taken: true, text } : NOTHING;
    }
    if (key.length !== 1) {
      this.text = '';
      return NOTHING;
    }
    this.text += key;
    return { taken: follows || PREFIX.test(key), text: null };
  }
}
