/** A line of our services' logs: one JSON object (`level` as a word, `msg`). */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Nothing for a line that is no log line of a service. */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const { level, msg } = fields;
    return typeof level === 'string' && typeof msg === 'string' ? { level, msg, fields } : undefined;
  } catch {
    return undefined;
  }
}

/** How nats-server, PostgreSQL and Node itself mark what ended them. */
const FATAL = /\[FTL\]|\b(?:FATAL|PANIC):|^\w*Error: /;

const isFatal = (line: string): boolean => {
  const parsed = parseLogLine(line);
  return parsed === undefined ? FATAL.test(line) : parsed.level === 'fatal' || parsed.level === 'error';
};

/** Why a process ended, from the last lines it wrote: the last fatal one, else the last one; empty for none. */
export function lastWordsOf(lines: readonly string[]): string {
  const line = lines.findLast(isFatal) ?? lines.findLast((candidate) => candidate.trim() !== '') ?? '';
  return parseLogLine(line)?.msg ?? line.trim();
}
