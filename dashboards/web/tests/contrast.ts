/** WCAG 2 contrast of two opaque colours written `#rrggbb`. */
export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The tokens of both themes as tokens.css declares them; dark inherits what it does not say again. */
export function readThemes(css: string): Record<'light' | 'dark', Map<string, string>> {
  const [root = '', dark = ''] = css.split('[data-theme="dark"]');
  const light = declarations(root);
  return { light, dark: new Map([...light, ...declarations(dark)]) };
}

function declarations(block: string): Map<string, string> {
  return new Map([...block.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6}|transparent);/gi)].map(([, name = '', value = '']) => [name, value]));
}
