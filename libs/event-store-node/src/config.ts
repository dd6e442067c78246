import { Failure } from '@mooring/kernel';
import { FLAGS, parseFlags, type FlagName } from './flags.ts';
import type { EventStoreNodeOptions, NodeSecurity } from './node.ts';
import { readTlsFiles } from './security/tls-files.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = (name: FlagName) => string | undefined;

/** The flag wins. Empty means not given. */
function settingsOf(args: readonly string[], environment: Environment, known = Object.keys(FLAGS)): Settings {
  const flags = parseFlags(args, known);
  return (name) => {
    const value = String(flags[name] ?? environment[FLAGS[name].environment] ?? '');
    return value === '' ? undefined : value;
  };
}

function requireData(setting: Settings, what = 'DIR'): string {
  const data = setting('data');
  if (data === undefined) throw new Failure('invalid', `--data ${what} is required: see --help`);
  return data;
}

/** The folder or file that `verify` is to check. @throws Failure `invalid` */
export const readVerifyPath = (args: readonly string[], environment: Environment): string =>
  requireData(settingsOf(args, environment, ['data']), 'DIR|FILE');

/**
 * The node's settings from its command line and environment.
 *
 * @throws Failure `invalid` with one sentence that names the flag.
 */
export function readConfig(args: readonly string[], environment: Environment): EventStoreNodeOptions {
  const setting = settingsOf(args, environment);
  const host = setting('host') ?? FLAGS.host.preset;
  const security = readSecurity(setting, host);
  const dataFolder = requireData(setting);
  const slowSubscribers = setting('slow-subscribers') ?? FLAGS['slow-subscribers'].preset;
  if (slowSubscribers !== 'catch-up' && slowSubscribers !== 'disconnect')
    throw new Failure('invalid', `--slow-subscribers is catch-up or disconnect, not ${slowSubscribers}`);
  return {
    dataFolder,
    host,
    port: readPort('port', setting('port')),
    httpPort: readPort('http-port', setting('http-port')),
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
      'pass --tls-certificate and --tls-private-key, or --insecure to serve everybody on loopback: see --help',
    );
  const firstPassword = setting('first-password');
  const tls = readTlsFiles(certificate, privateKey);
  return { tls, ...(firstPassword === undefined ? {} : { firstPassword }) };
}

function readPort(name: 'port' | 'http-port', given: string | undefined): number {
  const text = given ?? FLAGS[name].preset;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure('invalid', `--${name} is a port from 0 to 65535, not ${text}`);
  return port;
}
