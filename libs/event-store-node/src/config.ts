import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import type { EventStoreNodeOptions, NodeSecurity } from './node.ts';

/** Each setting is a flag and an environment variable; the flag wins. Empty means not given. */
const SETTINGS = {
  insecure: 'EVENTSTORE_NODE_INSECURE',
  data: 'EVENTSTORE_NODE_DATA',
  host: 'EVENTSTORE_NODE_HOST',
  port: 'EVENTSTORE_NODE_PORT',
  'http-port': 'EVENTSTORE_NODE_HTTP_PORT',
  'slow-subscribers': 'EVENTSTORE_NODE_SLOW_SUBSCRIBERS',
  'tls-certificate': 'EVENTSTORE_NODE_TLS_CERTIFICATE',
  'tls-private-key': 'EVENTSTORE_NODE_TLS_PRIVATE_KEY',
  'first-password': 'EVENTSTORE_NODE_FIRST_PASSWORD',
} as const;

type Setting = keyof typeof SETTINGS;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = (name: Setting) => string | undefined;

function settingsOf(args: readonly string[], environment: Environment): Settings {
  const flags = parseFlags(args);
  return (name) => {
    const value = String(flags[name] ?? environment[SETTINGS[name]] ?? '');
    return value === '' ? undefined : value;
  };
}

function requireData(setting: Settings): string {
  const dataFolder = setting('data');
  if (dataFolder === undefined) throw new Failure('invalid', '--data DIR is required');
  return dataFolder;
}

/** Of a command that only needs to know where the data is. @throws Failure `invalid` */
export const readDataFolder = (args: readonly string[], environment: Environment): string =>
  requireData(settingsOf(args, environment));

/**
 * The node's settings from its command line and environment.
 *
 * @throws Failure `invalid` with one sentence that names the flag.
 */
export function readConfig(args: readonly string[], environment: Environment): EventStoreNodeOptions {
  const setting = settingsOf(args, environment);
  const host = setting('host') ?? '127.0.0.1';
  const security = readSecurity(setting, host);
  const dataFolder = requireData(setting);
  const slowSubscribers = setting('slow-subscribers') ?? 'catch-up';
  if (slowSubscribers !== 'catch-up' && slowSubscribers !== 'disconnect')
    throw new Failure('invalid', `--slow-subscribers is catch-up or disconnect, not ${slowSubscribers}`);
  return {
    dataFolder,
    host,
    port: readPort('port', setting('port') ?? '2113'),
    httpPort: readPort('http-port', setting('http-port') ?? '0'),
    slowSubscribers,
    ...(security === undefined ? {} : { security }),
  };
}

/** Nothing for `--insecure`. */
function readSecurity(setting: Settings, host: string): NodeSecurity | undefined {
  const [certificate, privateKey] = [setting('tls-certificate'), setting('tls-private-key')];
  if (setting('insecure') === 'true') {
    if (certificate !== undefined) throw new Failure('invalid', '--insecure and --tls-certificate exclude each other');
    if (!LOOPBACK.has(host)) throw new Failure('invalid', `--insecure works on loopback only, not on ${host}`);
    return undefined;
  }
  if (certificate === undefined || privateKey === undefined)
    throw new Failure(
      'invalid',
      'pass --tls-certificate and --tls-private-key, or --insecure to serve everybody on loopback',
    );
  const firstPassword = setting('first-password');
  const tls = { certificate: readPem(certificate), privateKey: readPem(privateKey) };
  return { tls, ...(firstPassword === undefined ? {} : { firstPassword }) };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new Failure('invalid', `cannot read ${file}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** `--insecure` is there or not; every other flag has a value. */
function parseFlags(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const typeOf = (name: string) => (name === 'insecure' ? ('boolean' as const) : ('string' as const));
  const options = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, { type: typeOf(name) }]));
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (thrown) {
    throw new Failure('invalid', messageOf(thrown), { cause: thrown });
  }
}

function readPort(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure('invalid', `--${name} is a port from 0 to 65535, not ${text}`);
  return port;
}
