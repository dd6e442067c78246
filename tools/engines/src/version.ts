/** Compares the numbers of two versions (`2.12`, `v2.15.2`, `18.4.0-beta.17`): negative, zero or positive. Missing numbers are 0; suffixes are ignored. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `18.4.0-beta.17` → `18.4`. */
export const majorMinor = (version: string): string => numbersOf(version).slice(0, 2).join('.');

const numbersOf = (version: string): number[] => (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);
