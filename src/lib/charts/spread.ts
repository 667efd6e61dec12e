/** Moves labels apart so that none covers another, each as near to its place as that allows. */
export function spread(
  wanted: readonly (number | null)[],
  gap: number,
  range: { readonly from: number; readonly to: number },
): (number | null)[] {
  const placed = wanted
    .map((place, index) => ({ place, index }))
    .filter((label): label is { place: number; index: number } => label.place !== null)
    .toSorted((a, b) => a.place - b.place);
  let floor = range.from;
  for (const label of placed) {
    label.place = Math.max(label.place, floor);
    floor = label.place + gap;
  }
  let ceiling = range.to;
  for (const label of placed.toReversed()) {
    label.place = Math.min(label.place, ceiling);
    ceiling = label.place - gap;
  }
  const result: (number | null)[] = wanted.map(() => null);
  for (const { place, index } of placed) result[index] = place;
  return result;
}
