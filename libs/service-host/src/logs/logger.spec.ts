import { describe, expect, it } from '@jest/globals';
import { Failure } from '@mooring/kernel';
import { Secret } from '../config/secret.ts';
import { createLogger, type Logger } from './logger.ts';

const MARKER = 'c0ffee-marker';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlLW1hcmtlcg';
const PEM = `-----BEGIN RSA PRIVATE KEY-----\n${MARKER}\n-----END RSA PRIVATE KEY-----`;

function linesOf(write: (log: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(createLogger({ service: 'widgets', level: 'trace', destination }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  it('is one JSON object with service, level as a word and time', () => {
    const [line] = linesOf((log) => log.child({ part: 'relay' }).info({ count: 3 }, 'published'));
    expect(line).toMatchObject({ service: 'widgets', level: 'info', part: 'relay', count: 3, msg: 'published' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it.each<readonly [string, (log: Logger) => void]>([
    ['a field by its name', (log) => log.info({ headers: { Authorization: `x ${MARKER}` } }, 'x')],
    ['a nested field', (log) => log.info({ user: { 'client-key-data': MARKER, apiToken: MARKER } }, 'x')],
    ['a kubeconfig', (log) => log.info({ kubeconfig: { users: [MARKER] } }, 'x')],
    ['a field of a child', (log) => log.child({ password: MARKER }).info('x')],
    ['a secret', (log) => log.info({ value: new Secret(MARKER) }, 'x')],
    ['a PEM block in a field', (log) => log.info({ note: PEM }, 'x')],
    ['a cut PEM block in a message', (log) => log.info(PEM.slice(0, 50))],
    ['a bearer token in a message', (log) => log.info(`sent Authorization: Bearer ${MARKER}`)],
    ['a password in a URL', (log) => log.info({ url: `postgresql://me:${MARKER}@host/db` }, 'x')],
    ['a password in text', (log) => log.info(`connect failed: host=h password=${MARKER} port=1`)],
    ['a token in JSON text', (log) => log.info(`{"token":"${MARKER}"}`)],
    ['an argument of a message', (log) => log.info('url %s', `https://a:${MARKER}@b`)],
    ['an error that is the line', (log) => log.error(new Error(`token=${MARKER}`))],
    ['an error in a field', (log) => log.error({ err: new Error(`token=${MARKER}`) })],
    ['the cause of an error', (log) => log.error({ err: new Failure('denied', 'no', { cause: new Error(PEM) }) }, 'x')],
    ['details of an error', (log) => log.error({ err: new Failure('denied', 'no', { details: { token: MARKER } }) })],
  ])('hides %s', (_what, write) => {
    const text = JSON.stringify(linesOf(write));
    expect(text).not.toContain(MARKER);
    expect(text).not.toBe('[]');
  });

  it('hides what looks like a JWT or a key in base64 anywhere', () => {
    const key = Buffer.from(PEM).toString('base64');
    const text = JSON.stringify(linesOf((log) => log.warn({ a: [JWT], b: { c: `x${key}` } }, `got ${JWT}`)));
    expect(text).not.toContain('c2lnbmF0dXJl');
    expect(text).not.toContain(key.slice(30));
  });

  it('keeps what only sounds secret, and the stack and the code of an error', () => {
    const [line] = linesOf((log) =>
      log.error({ credentialId: 'abc', nextToken: 'n1', hasToken: true, err: new Failure('timeout', 'late') }, 'x'),
    );
    expect(line).toMatchObject({ credentialId: 'abc', nextToken: 'n1', hasToken: true });
    expect(line?.['err']).toMatchObject({ type: 'Failure', code: 'timeout', message: 'late' });
    expect(String(Reflect.get(line?.['err'] ?? {}, 'stack'))).toContain('logger.spec');
  });

  it('survives what JSON cannot: cycles, big numbers, deep trees', () => {
    const cycle: Record<string, unknown> = { n: 1n };
    cycle['self'] = cycle;
    expect(linesOf((log) => log.info({ cycle }, 'x'))).toHaveLength(1);
  });
});
