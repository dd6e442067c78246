import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import type { EventStoreNodeOptions } from './node.ts';

/** Each setting is a flag and an environment variable; the flag wins. Empty means not given. */
const SETTINGS = {
  insecure: 'EVENTSTORE_NODE_INSECURE',
  data: 'EVENTSTORE_NODE_DATA',
  host: 'EVENTSTORE_NODE_HOST',
  port: 'EVENTSTORE_NODE_PORT',
  'http-port': 'EVENTSTORE_NODE_HTTP_PORT',
  'slow-subscribers': 'EVENTSTORE_NODE_SLOW_SUBSCRIBERS',
} as const;

type Setting = keyof typeof SETTINGS;

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * The node's settings from its command line and environment.
 *
 * @throws Failure `invalid` with one sentence that names the flag.
 */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): EventStoreNodeOptions {
  const flags = parseFlags(args);
  const setting = (name: Setting): string | undefined => {
    const value = flags[name] ?? environment[SETTINGS[name]];
    return value === '' ? undefined : value;
  };
  const host = setting('host') ?? '127.0.0.1';
  if (setting('insecure') !== 'true')
    throw new Failure(
      'invalid',
      'pass --insecure: without TLS everybody who can connect may read and write everything',
    );
  if (!LOOPBACK.has(host)) throw new Failure('invalid', `--insecure works on loopback only, not on ${host}`);
  const dataFolder = setting('data');
  if (dataFolder === undefined) throw new Failure('invalid', '--data DIR is required');
  const slowSubscribers = setting('slow-subscribers') ?? 'catch-up';
  if (slowSubscribers !== 'catch-up' && slowSubscribers !== 'disconnect')
    throw new Failure('invalid', `--slow-subscribers is catch-up or disconnect, not ${slowSubscribers}`);
  return {
    dataFolder,
    host,
    port: readPort('port', setting('port') ?? '2113'),
    httpPort: readPort('http-port', setting('http-port') ?? '0'),
    slowSubscribers,
  };
}

function parseFlags(args: readonly string[]): Partial<Record<Setting, string>> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        insecure: { type: 'boolean' },
        data: text,
        host: text,
        port: text,
        'http-port': text,
        'slow-subscribers': text,
      },
    });
    const { insecure, ...rest } = values;
    return { ...rest, ...(insecure === undefined ? {} : { insecure: String(insecure) }) };
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
