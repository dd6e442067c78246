import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '@mooring/kernel';
import { ensureEngine } from './ensure-engine.ts';
import type { Engine } from './engine-table.ts';
import { startProcess, type EngineProcess } from './engine-process.ts';
import { freePort, isPortTaken, portInUse } from './free-port.ts';
import { asUnprivileged, type Unprivileged } from './postgres-user.ts';
import { runCommand } from './run-command.ts';

export interface PostgresOptions {
  /** The cluster's folder; made and initialised when missing. One server at a time. */
  readonly dataFolder: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Of the superuser `postgres`. Set when the folder is initialised; later it has to be the same. */
  readonly password: string;
  /** Server settings (`fsync: 'off'`), which win over the configuration in the folder. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
  /** Told of the process as soon as there is one, before it is ready. */
  readonly onSpawn?: ((process: EngineProcess) => void) | undefined;
  /** Default: `ensureEngine('postgres')`. */
  readonly engine?: Engine;
  /** How a process of root becomes somebody else; for tests. Default: a user namespace, else the user `nobody`. */
  readonly asRoot?: 'namespace' | 'nobody';
}

export interface Postgres extends EngineProcess {
  readonly port: number;
  readonly superuser: 'postgres';
  /** The superuser's `postgres://` URL for a database, with the password. */
  readonly urlOf: (database: string) => string;
  readonly version: string;
}

/**
 * Starts PostgreSQL on 127.0.0.1 (passwords by SCRAM, no Unix socket, collation C.UTF-8: order by code point everywhere) and
 * resolves when it accepts connections. Fails with a {@link Failure}: `conflict` for a port or data folder in use,
 * `invalid` for a data folder of another major version. Stopping ends open sessions and writes a checkpoint.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dataFolder, password, settings = {}, log } = options;
  const engine = options.engine ?? (await ensureEngine('postgres'));
  const port = options.port ?? (await freePort());
  if (await isPortTaken(port)) throw portInUse('PostgreSQL', port);
  const user = await asUnprivileged(dirname(dirname(engine.path)), options.asRoot);
  await checkVersion(dataFolder, engine.version);
  if (!existsSync(join(dataFolder, 'PG_VERSION')))
    await initialise(user, dataFolder, password, settings['fsync'] !== 'off');
  await user.own(dataFolder);
  const all = { ...settings, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const { process } = await startProcess({
    what: 'PostgreSQL',
    ...user.command(
      'postgres',
      dataFolder,
      Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ),
    readyWhen: (line) => (line.includes('database system is ready to accept connections') ? true : undefined),
    explain: (lines) => explain(lines, port, dataFolder),
    // Fast shutdown: SIGTERM would wait until every client has gone.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
    log,
    onSpawn: options.onSpawn,
  });
  return {
    ...process,
    port,
    superuser: 'postgres',
    urlOf: (database) =>
      `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    version: engine.version,
  };
}

async function checkVersion(dataFolder: string, version: string): Promise<void> {
  const written = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => undefined))?.trim();
  const major = version.split('.')[0];
  if (written !== undefined && written !== major)
    throw new Failure(
      'invalid',
      `${dataFolder} was written by PostgreSQL ${written} and this is ${version}: dump and restore it, or use another data folder`,
    );
}

/** Under a temporary name, then renamed: a folder that an interrupted initdb left is never taken for a database. */
async function initialise(user: Unprivileged, dataFolder: string, password: string, sync: boolean): Promise<void> {
  const half = `${dataFolder}.new`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true, mode: 0o700 });
  await chmod(half, 0o700);
  // Named by the data folder: what an interrupted start leaves, the next one finds and removes.
  const name = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  const passwordFile = join(user.reachable(dirname(dataFolder)), `mooring-initdb-${name}`);
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await user.own(half);
    await user.own(passwordFile);
    await runCommand(
      user.command('initdb', half, [
        ...['--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8'],
        ...[
          '--locale-provider',
          'builtin',
          '--builtin-locale',
          'C.UTF-8',
          '--locale',
          'C',
          ...(sync ? [] : ['--no-sync']),
        ],
      ]),
    );
    await rename(half, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(half, { recursive: true, force: true });
  }
}

function explain(lines: readonly string[], port: number, dataFolder: string): Failure | undefined {
  const text = lines.join('\n');
  if (text.includes('Address already in use')) return portInUse('PostgreSQL', port);
  const owner = /Is another postmaster \(PID (\d+)\)/.exec(text)?.[1];
  if (owner !== undefined)
    return new Failure('conflict', `another PostgreSQL (process ${owner}) uses ${dataFolder}: stop it first`);
  return undefined;
}
