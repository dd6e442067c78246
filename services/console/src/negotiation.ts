import type { Coding } from './page-files.ts';

const weightOf = (parameters: readonly string[]): number => {
  const given = parameters.map((text) => /^\s*q=([0-9.]+)\s*$/i.exec(text)?.[1]).find((text) => text !== undefined);
  return given === undefined ? 1 : Number(given);
};

/** The coding to answer in, for an `Accept-Encoding`: the smallest that is accepted, the plain file where nothing is said. */
export function codingFor(acceptEncoding: string | undefined): Coding {
  const accepted = new Set(
    (acceptEncoding ?? '')
      .split(',')
      .map((part) => part.split(';'))
      .filter(([, ...parameters]) => weightOf(parameters) > 0)
      .map(([name = '']) => name.trim().toLowerCase()),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : 'identity';
}

/** Whether an `If-None-Match` names this tag (weakly compared, as RFC 9110 has it for GET). */
export const isUnchanged = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((tag) => {
    const given = tag.trim();
    return given === '*' || given.replace(/^W\//, '') === etag;
  });
