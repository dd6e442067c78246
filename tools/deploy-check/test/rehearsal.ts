import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { checkoutFolder, freePort, ensureEngine, startPostgres, startProcess } from '@mooring/engines';
import { eventually } from '@mooring/testing';
import { parseCompose, type ComposeFile } from '../src/compose-file.ts';

const SERVICES = ['connections', 'discovery', 'notifications', 'console', 'gateway'] as const;

interface CallOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The processes of the compose file, on this machine and without containers. */
export interface Rehearsal extends AsyncDisposable {
  /** What the gateway answers to who has its token. */
  call(path: string, options?: CallOptions): Promise<Response>;
  /** The status that a browser gets which names the port that is published on the host. */
  statusAtPublishedPort(path: string): Promise<number | undefined>;
  /** Runs a one-shot of the compose file again; gives what it printed. */
  runOnce(name: 'keys' | 'provision'): Promise<string>;
  /** Where a volume is. */
  volume(name: string): string;
}

export interface RehearsalOptions {
  /** Where all volumes are. */
  readonly folder: string;
  /** In place of the collector. */
  readonly otlpUrl: string;
  /** Where the code is taken from; by default the checkout. */
  readonly root?: string | undefined;
}

/**
 * Does what `docker compose up` does with this project's own processes: the same commands with the same variables in the same order, each
 * with its own volumes, and waits for the same health checks. Changed is only what containers change: where a host, a port and a
 * mounted folder are. The engines are those of the tests, with the files that were handed out to them.
 */
export async function rehearse({ folder, otlpUrl, root = checkoutFolder() }: RehearsalOptions): Promise<Rehearsal> {
  const compose = parseCompose(readFileSync(join(checkoutFolder(), 'docker-compose.yml'), 'utf8')) as ComposeFile;
  await using held = new AsyncDisposableStack();
  const ports = new Map<string, number>();
  for (const name of ['nats', 'postgres', 'event-store', 'event-store-http', ...SERVICES])
    ports.set(name, await freePort());
  const port = (name: string): number => ports.get(name) ?? 0;
  const volume = (name: string): string => join(folder, name);

  /** A text of the compose file as it has to be outside of containers. */
  const translate = (service: string, text: string): string => {
    const mounts = (compose.services[service]?.volumes ?? []).map((mount) => mount.split(':'));
    let result = text
      .replace(
        'PROVISION_EVENT_STORE_HTTP=event-store:2113',
        `PROVISION_EVENT_STORE_HTTP=localhost:${port('event-store-http')}`,
      )
      .replaceAll(
        /\b(nats|postgres|event-store):(?:4222|5432|2113)\b/g,
        (_all, host: string) => `localhost:${port(host)}`,
      )
      .replaceAll(
        /\b(connections|discovery|notifications|console):8080\b/g,
        (_all, host: string) => `127.0.0.1:${port(host)}`,
      )
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${port(service)}`)
      .replaceAll('http://otel-collector:4318', otlpUrl)
      .replaceAll('0.0.0.0', '127.0.0.1');
    for (const [source = '', target = ''] of mounts) result = result.replaceAll(target, volume(source));
    return result;
  };
  const environmentOf = (service: string): Record<string, string> => {
    const own = Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => {
      if (name === 'MOORING_HTTP_PORT') return [name, String(port(service))] as const;
      if (name === 'PROVISION_NATS_FOLDER') return [name, volume('nats')] as const;
      // Every process sees its part in the same place; here the parts lie side by side, and all hold the authority.
      if (name === 'PROVISION_RUN_FOLDER') return [name, volume('keys-connections')] as const;
      if (name === 'PROVISION_HAND_OUT') return [name, join(folder, 'hand-out')] as const;
      return [name, translate(service, `${name}=${value}`).slice(name.length + 1)] as const;
    });
    return { PATH: process.env['PATH'] ?? '', ...Object.fromEntries(own) };
  };
  const commandOf = (service: string, words = compose.services[service]?.command ?? []): readonly string[] => {
    const [program, ...args] = words;
    if (program !== 'node') throw new Error(`${service} is started by ${program ?? 'nothing'}`);
    return args.map((word) => translate(service, word));
  };
  const run = (service: string, words?: readonly string[]): Promise<{ code: number | null; output: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, commandOf(service, words), { cwd: root, env: environmentOf(service) });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, output }));
    });
  const runOnce = async (name: string): Promise<string> => {
    const { code, output } = await run(name);
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
    return output;
  };

  mkdirSync(join(folder, 'hand-out'), { recursive: true });
  // The volumes of the parts are folders inside the one that the provisioner hands out to.
  for (const name of [...SERVICES, 'nats', 'postgres', 'event-store'])
    symlinkSync(join(folder, 'hand-out', name), volume(`keys-${name}`));
  await runOnce('keys');

  const part = (name: string, file: string): string => readFileSync(join(folder, 'hand-out', name, file), 'utf8');
  const { path: natsServer } = await ensureEngine('nats-server');
  const [, ...natsArgs] = compose.services['nats']?.command ?? [];
  const { process: nats } = await startProcess({
    what: 'nats-server',
    program: natsServer,
    args: [
      ...natsArgs.map((word) => translate('nats', word)),
      ...['--addr', '127.0.0.1', '--http_port', String(await freePort())],
    ],
    readyWhen: (line) => (line.includes('Server is ready') ? true : undefined),
  });
  held.use(nats);
  held.use(
    await startPostgres({
      dataFolder: volume('postgres'),
      port: port('postgres'),
      password: part('postgres', 'postgres.password').trim(),
      settings: { fsync: 'off' },
    }),
  );
  const keys = join(folder, 'hand-out/event-store');
  const { process: eventStore } = await startProcess({
    what: 'the event store node',
    program: process.execPath,
    args: [
      ...['--no-warnings', join(checkoutFolder(), 'libs/event-store-node/dist/src/main.js'), '--host', 'localhost'],
      ...['--port', String(port('event-store')), '--http-port', String(port('event-store-http'))],
      ...['--tls-certificate', join(keys, 'event-store.crt'), '--tls-private-key', join(keys, 'event-store.key')],
      ...['--data', volume('event-store')],
    ],
    env: {
      PATH: process.env['PATH'] ?? '',
      EVENTSTORE_NODE_FIRST_PASSWORD: part('event-store', 'admin.password').trim(),
    },
    readyWhen: (line) => (line.includes('"ready":true') ? true : undefined),
  });
  held.use(eventStore);
  await runOnce('provision');
  for (const name of SERVICES) {
    const { process: service } = await startProcess({
      what: name,
      program: process.execPath,
      args: commandOf(name),
      cwd: root,
      env: environmentOf(name),
      readyWhen: (line) => (line.includes('"msg":"ready"') ? true : undefined),
    });
    held.use(service);
  }
  for (const name of SERVICES) {
    const [kind, ...words] = compose.services[name]?.healthcheck?.test ?? [];
    if (kind !== 'CMD') throw new Error(`${name} has no health check`);
    await eventually(async () => {
      const { code, output } = await run(name, words);
      if (code !== 0) throw new Error(`${name} is not healthy: ${output}`);
    });
  }
  const token = part('gateway', 'gateway.token').trim();
  const published = compose.services['gateway']?.ports?.[0]?.replace(/:\d+$/, '') ?? '';
  const rest = held.move();
  return {
    volume,
    runOnce,
    call: (path, { headers, ...options } = {}) =>
      fetch(`http://127.0.0.1:${port('gateway')}${path}`, {
        ...options,
        headers: { authorization: `Bearer ${token}`, ...headers },
      }),
    async statusAtPublishedPort(path) {
      const headers = { host: published, authorization: `Bearer ${token}` };
      const request = get({ host: '127.0.0.1', port: port('gateway'), path, headers });
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}
