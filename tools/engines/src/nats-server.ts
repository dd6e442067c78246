import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@mooring/kernel';
import { ensureEngine } from './ensure-engine.ts';
import type { Engine } from './engine-table.ts';
import { startProcess, type EngineProcess } from './engine-process.ts';
import { freePort, isPortTaken, portInUse } from './free-port.ts';
import { compareVersions, majorMinor } from './version.ts';

export interface NatsServerOptions {
  /** Holds the configuration, the JetStream store and the version that wrote it. One server at a time; made when missing (0700). */
  readonly dataFolder: string;
  /** Default: one the system chooses. */
  readonly port?: number;
  /**
   * nats-server configuration text: users, accounts, limits. Address, port, store and monitoring are set here and win.
   * It must not name a log file: readiness is read from the log. Kept in the data folder, mode 0600.
   */
  readonly config?: string;
  /** The HTTP monitoring port on 127.0.0.1; 0 lets a free one be chosen. Default: no monitoring. */
  readonly monitorPort?: number;
  readonly log?: (line: string) => void;
  /** Told of the process as soon as there is one, before it is ready. */
  readonly onSpawn?: ((process: EngineProcess) => void) | undefined;
  /** Default: `ensureEngine('nats-server')`. */
  readonly engine?: Engine;
}

export interface NatsServer extends EngineProcess {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:PORT` where monitoring was asked for. */
  readonly monitorUrl: string | undefined;
  readonly version: string;
}

/**
 * Starts nats-server with JetStream on 127.0.0.1 and resolves when it accepts clients and its streams are restored.
 * Fails with a {@link Failure}: `conflict` for a port in use, `invalid` for a configuration it refuses or a data folder that a
 * newer version wrote. Stopping lets it finish writing (at most 10 s).
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { dataFolder, config = '', log } = options;
  const engine = options.engine ?? (await ensureEngine('nats-server'));
  const port = options.port ?? (await freePort());
  const monitorPort = options.monitorPort === 0 ? await freePort() : options.monitorPort;
  if (await isPortTaken(port)) throw portInUse('nats-server', port);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await claimVersion(dataFolder, engine.version);
  const configFile = join(dataFolder, 'nats-server.conf');
  await writeFile(configFile, config, { mode: 0o600 });
  const { process } = await startProcess({
    what: 'nats-server',
    program: engine.path,
    args: [
      ...['--config', configFile, '--addr', '127.0.0.1', '--port', String(port)],
      ...['--jetstream', '--store_dir', dataFolder],
      ...(monitorPort === undefined ? [] : ['--http_port', String(monitorPort)]),
    ],
    readyWhen: (line) => (line.includes('Server is ready') ? true : undefined),
    explain: (lines) => explain(lines, port, configFile),
    // SIGINT and SIGTERM stop it at once; streams are closed in order either way.
    stopSignal: 'SIGTERM',
    log,
    onSpawn: options.onSpawn,
  });
  return {
    ...process,
    url: `nats://127.0.0.1:${port}`,
    port,
    monitorUrl: monitorPort === undefined ? undefined : `http://127.0.0.1:${monitorPort}`,
    version: engine.version,
  };
}

/** A store may be opened by the version that wrote it or a later one. */
async function claimVersion(dataFolder: string, version: string): Promise<void> {
  const file = join(dataFolder, 'nats-server.version');
  const written = await readFile(file, 'utf8').catch(() => undefined);
  if (written !== undefined && compareVersions(majorMinor(written), majorMinor(version)) > 0)
    throw new Failure(
      'invalid',
      `${dataFolder} was written by nats-server ${written.trim()} and this is ${version}: use ${majorMinor(written)} or later, or another data folder`,
    );
  await writeFile(file, `${version}\n`);
}

function explain(lines: readonly string[], port: number, configFile: string): Failure | undefined {
  const text = lines.join('\n');
  if (text.includes('address already in use')) return portInUse('nats-server', port);
  // What it says before it logs is about its configuration: `file:line:column: error`, or `nats-server: error`.
  if (text.includes(`${configFile}:`) || text.startsWith('nats-server: '))
    return new Failure('invalid', `nats-server refuses its configuration: ${text}`);
  return undefined;
}
