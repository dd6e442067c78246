/** A figure held to a goal, as one line of a row's notes. */
export interface Figure {
  readonly what: string;
  /** With its unit. */
  readonly reached: string;
  readonly goal?: { readonly isReached: boolean; readonly inWords: string };
}

export const describeFigure = ({ what, reached, goal }: Figure): string => {
  const verdict = goal === undefined ? '' : `; goal ${goal.inWords}: ${goal.isReached ? 'reached' : 'MISSED'}`;
  return `  ${what.padEnd(38)} ${reached}${verdict}`;
};

export const ms = (value: number): string => `${Math.round(value).toLocaleString('en-GB')} ms`;
/** Megabytes of 1,000,000 bytes, of few of them kilobytes. */
export const mb = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;
