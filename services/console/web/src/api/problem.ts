/** A refusal or failure of the API as the page shows it (RFC 9457), or of the way there (`status` 0). */
export interface ApiProblem {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** What exactly of the request was wrong, one sentence each. */
  readonly findings: readonly string[];
  readonly traceId?: string;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (record: Readonly<Record<string, unknown>>, key: string): string | undefined => {
  const value = record[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function findingOf(error: unknown): string | undefined {
  if (!isRecord(error)) return undefined;
  const detail = textOf(error, 'detail');
  const where = textOf(error, 'parameter') ?? textOf(error, 'pointer') ?? textOf(error, 'header');
  return detail === undefined ? where : where === undefined ? detail : `${where}: ${detail}`;
}

const FALLBACK_TITLES: Readonly<Record<number, string>> = {
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not there',
  409: 'Not possible in this state',
  412: 'The answer is not new enough yet',
  413: 'Too large',
  502: 'A service of Mooring does not answer',
  503: 'A service of Mooring is not ready',
  504: 'A service of Mooring took too long',
};

/** Reads the body of an answer that is no success. Never throws; a body that is no problem document leaves the status to speak. */
export function toProblem(status: number, body: unknown, traceId?: string): ApiProblem {
  const document = isRecord(body) ? body : {};
  const detail = textOf(document, 'detail');
  const trace = textOf(document, 'traceId') ?? traceId;
  const errors: readonly unknown[] = Array.isArray(document['errors']) ? document['errors'] : [];
  const allowed: readonly unknown[] = Array.isArray(document['allowedActions']) ? document['allowedActions'] : [];
  const hints = allowed.length === 0 ? [] : [`Possible now: ${allowed.join(', ')}.`];
  return {
    status,
    title: textOf(document, 'title') ?? FALLBACK_TITLES[status] ?? `Mooring answered ${status}`,
    ...(detail === undefined ? {} : { detail }),
    findings: [...errors.flatMap((error) => findingOf(error) ?? []), ...hints],
    ...(trace === undefined ? {} : { traceId: trace }),
  };
}

export const unreachableProblem: ApiProblem = {
  status: 0,
  title: 'Mooring cannot be reached',
  detail: 'The request got no answer. Is it still running? Nothing is known about whether it took effect.',
  findings: [],
};
