import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@mooring/certificates';
import { checkoutFolder, freePort, startProcess, type EngineProcess } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import { createRestartable, type Restartable } from './restartable.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestEventStoreOptions {
  /** What happens to a live subscriber that is more than 32 events behind. Default `disconnect`, as EventStoreDB 23.10 does; 24.6 does `catch-up`. */
  readonly slowSubscribers?: 'catch-up' | 'disconnect';
  /** TLS, and an account for everybody, as a production cluster has it. Default false. */
  readonly secure?: boolean;
  readonly log?: (line: string) => void;
}

export interface TestEventStore extends Restartable {
  /** `esdb://127.0.0.1:PORT?tls=false`; of the administrator, with the CA file, when it is secure. */
  readonly connectionString: string;
  readonly port: number;
  /** Of `/health/live`, `/info` and `/metrics`, and of the accounts when it is secure. */
  readonly httpPort: number;
  readonly httpUrl: string;
  /** Of a secure one. */
  readonly caFile: string;
  /** Deleted on dispose. */
  readonly dataFolder: string;
}

const DAY_MS = 86_400_000;

/** An event store node in a process of its own, ready, so that a test can kill it and see what is left. */
export async function startTestEventStore({
  slowSubscribers = 'disconnect',
  secure = false,
  log,
}: TestEventStoreOptions = {}): Promise<TestEventStore> {
  const main = join(checkoutFolder(), 'libs', 'event-store-node', 'dist', 'src', 'main.js');
  if (!existsSync(main)) throw new Failure('not-found', `${main} is missing: run "npm run build" first`);
  const folder = await temporaryFolder();
  const [port, httpPort] = [await freePort(), await freePort()];
  const caFile = join(folder.path, 'ca.crt');
  const security = secure ? await writeCertificates(folder.path, caFile) : ['--insecure'];
  const start = async (): Promise<EngineProcess> => {
    const { process: node } = await startProcess({
      what: 'the event store node',
      program: process.execPath,
      args: [
        ...['--no-warnings', main, ...security, '--port', String(port), '--http-port', String(httpPort)],
        ...['--data', join(folder.path, 'data'), '--slow-subscribers', slowSubscribers],
      ],
      // Under jest this process has options of its own, which are not for children.
      env: { ...process.env, NODE_OPTIONS: '' },
      readyWhen: (line) => (line.includes('"ready":true') ? true : undefined),
      log,
    });
    return node;
  };
  const restartable = await createRestartable(start, () => folder[Symbol.asyncDispose]());
  return Object.assign(restartable, {
    connectionString: secure
      ? `esdb://admin:changeit@localhost:${port}?tls=true&tlsCaFile=${encodeURIComponent(caFile)}`
      : `esdb://127.0.0.1:${port}?tls=false`,
    port,
    httpPort,
    httpUrl: secure ? `https://localhost:${httpPort}` : `http://127.0.0.1:${httpPort}`,
    caFile,
    dataFolder: folder.path,
  });
}

/** Gives the flags that name them. */
async function writeCertificates(folder: string, caFile: string): Promise<readonly string[]> {
  const notAfter = new Date(Date.now() + DAY_MS);
  const authority = await createAuthority({ name: 'test', notAfter });
  const { certPem, keyPem } = await issueCertificate(authority, {
    name: 'localhost',
    serverNames: ['localhost', '127.0.0.1'],
    notAfter,
  });
  const [certificate, privateKey] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  await writeFile(caFile, authority.certPem);
  await writeFile(certificate, certPem);
  await writeFile(privateKey, keyPem, { mode: 0o600 });
  return ['--tls-certificate', certificate, '--tls-private-key', privateKey];
}
