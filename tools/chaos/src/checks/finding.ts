/** One thing that is not as it was promised. */
export interface Finding {
  /** Which promise. */
  readonly check: string;
  readonly message: string;
}

export type Check = (say: (message: string) => void) => void;

/** Runs one check; everything it says is a finding. */
export function findingsOf(name: string, check: Check): readonly Finding[] {
  const findings: Finding[] = [];
  check((message) => findings.push({ check: name, message }));
  return findings;
}

const SHOWN_MAX = 8;

/** Findings for a person, by check, a few of each. */
export function describeFindings(findings: readonly Finding[]): string {
  const byCheck = Map.groupBy(findings, ({ check }) => check);
  return [...byCheck]
    .map(([check, found]) => {
      const shown = found.slice(0, SHOWN_MAX).map(({ message }) => `    ${message}`);
      const more = found.length > SHOWN_MAX ? [`    … and ${found.length - SHOWN_MAX} more`] : [];
      return [`  ${check}: ${found.length}`, ...shown, ...more].join('\n');
    })
    .join('\n');
}
