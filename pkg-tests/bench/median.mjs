/** The middle one of what rounds gave. @param {readonly number[]} all */
export function median(all) {
  return all.toSorted((a, b) => a - b)[all.length >> 1] ?? NaN;
}
