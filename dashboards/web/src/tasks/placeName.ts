/** A slot is named by its shelf and its number; an unknown path is shown as it is. */
export function placeName(path: string, places: ReadonlyMap<string, string>): string {
  const known = places.get(path);
  if (known !== undefined) return known;
  const cut = path.lastIndexOf('/');
  const shelf = places.get(path.slice(0, Math.max(0, cut)));
  return shelf === undefined ? path : `${shelf} · ${path.slice(cut + 1)}`;
}
