import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@mooring/testing';
import { openEventStoreSecrets, type EventStoreSecrets } from '../src/event-store-secrets.ts';

const NAMES = ['localhost', '127.0.0.1'];
const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let folder: TemporaryFolder;
let first: EventStoreSecrets;
beforeEach(async () => {
  folder = await temporaryFolder();
  first = await openEventStoreSecrets(folder.path, NAMES);
  first.passwordOf('connections');
});
afterEach(() => folder[Symbol.asyncDispose]());

const again = (now = new Date(), names = NAMES): Promise<EventStoreSecrets> =>
  openEventStoreSecrets(folder.path, names, now);
const isWhole = ({ caPem, server }: EventStoreSecrets): boolean =>
  new X509Certificate(server.certPem).verify(new X509Certificate(caPem).publicKey);

it('are the same at the next start, for their owner alone', async () => {
  const second = await again();
  expect(second).toMatchObject({ caPem: first.caPem, server: first.server, adminPassword: first.adminPassword });
  expect(second.passwordOf('connections')).toBe(first.passwordOf('connections'));
  const secrets = join(folder.path, 'secrets');
  expect(statSync(secrets).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(secrets))
    expect([file, statSync(join(secrets, file)).mode & 0o777]).toEqual([file, 0o600]);
});

it('a certificate near its end is renewed by the same authority, which is renewed near its own', async () => {
  expect((await again(inDays(540))).server).toEqual(first.server);
  const second = await again(inDays(560));
  expect(second.server).not.toEqual(first.server);
  expect([second.caPem, isWhole(second)]).toEqual([first.caPem, true]);
  const third = await again(inDays(3_500));
  expect(third.caPem).not.toBe(first.caPem);
  expect(isWhole(third)).toBe(true);
});

it('a certificate for other names is made anew', async () => {
  const second = await again(new Date(), [...NAMES, 'event-store']);
  expect(new X509Certificate(second.server.certPem).checkHost('event-store')).toBe('event-store');
  expect(second.caPem).toBe(first.caPem);
});

it.each(['event-store-authority.pem', 'event-store-server.pem'])('a damaged %s is made anew', async (name) => {
  const file = join(folder.path, 'secrets', name);
  for (const text of ['', 'nonsense', readFileSync(file, 'utf8').slice(0, -200)]) {
    writeFileSync(file, text);
    const second = await again();
    expect(isWhole(second)).toBe(true);
    expect(readFileSync(second.caFile, 'utf8')).toBe(second.caPem);
    expect(second.adminPassword).toBe(first.adminPassword);
  }
});
