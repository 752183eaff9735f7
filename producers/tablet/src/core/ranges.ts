/** Sets of numbers as sorted, inclusive intervals, as the server tells them. */

export type Range = readonly [first: number, last: number];

export const holds = (ranges: readonly Range[], number: number): boolean =>
  ranges.some(([first, last]) => first <= number && number <= last);
