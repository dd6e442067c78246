import { parseArgs } from 'node:util';
import { Failure, messageOf } from '@mooring/kernel';
import { DEFAULT_PASSWORD } from './security/first-accounts.ts';

interface Flag {
  /** What stands for the value; nothing for a flag that is there or not. */
  readonly value?: string;
  readonly environment: string;
  readonly preset?: string;
  readonly text: string;
}

/** Every setting, by the name of its flag. What is parsed, what `--help` says and the README's table are this. */
export const FLAGS = {
  data: { value: 'DIR', environment: 'EVENTSTORE_NODE_DATA', text: 'where events are kept; made if missing; required' },
  insecure: {
    environment: 'EVENTSTORE_NODE_INSECURE',
    text: 'no TLS, and everybody is an administrator; on loopback only (in the environment: true)',
  },
  'tls-certificate': {
    value: 'FILE',
    environment: 'EVENTSTORE_NODE_TLS_CERTIFICATE',
    text: "PEM, the server's own certificate first and then its chain; this or --insecure",
  },
  'tls-private-key': {
    value: 'FILE',
    environment: 'EVENTSTORE_NODE_TLS_PRIVATE_KEY',
    text: 'PEM, without a passphrase',
  },
  'first-password': {
    value: 'TEXT',
    environment: 'EVENTSTORE_NODE_FIRST_PASSWORD',
    preset: DEFAULT_PASSWORD,
    text: 'of admin and ops in a new folder; better by the environment, which other users do not see',
  },
  host: {
    value: 'ADDRESS',
    environment: 'EVENTSTORE_NODE_HOST',
    preset: '127.0.0.1',
    text: 'to listen on',
  },
  port: { value: 'PORT', environment: 'EVENTSTORE_NODE_PORT', preset: '2113', text: 'of gRPC; 0 takes any free one' },
  'http-port': {
    value: 'PORT',
    environment: 'EVENTSTORE_NODE_HTTP_PORT',
    preset: '0',
    text: 'of HTTP, or HTTPS with TLS; 0 takes any free one',
  },
  'slow-subscribers': {
    value: 'HOW',
    environment: 'EVENTSTORE_NODE_SLOW_SUBSCRIBERS',
    preset: 'catch-up',
    text: 'catch-up, or disconnect: who is live and more than 32 events behind is thrown out, as 23.10 does',
  },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

const ALL: readonly (readonly [string, Flag])[] = Object.entries(FLAGS);

export const flagText = (name: string, { value }: Flag): string => `--${name}${value === undefined ? '' : ` ${value}`}`;

/** What `--help` prints. */
export function usage(): string {
  const width = Math.max(...ALL.map(([name, flag]) => flagText(name, flag).length));
  const lines = ALL.flatMap(([name, flag]) => [
    `  ${flagText(name, flag).padEnd(width)}  ${flag.text}`,
    `  ${' '.repeat(width)}  ${flag.environment}${flag.preset === undefined ? '' : `, default ${flag.preset}`}`,
  ]);
  return [
    'An event store that speaks the gRPC protocol of EventStoreDB.',
    '',
    '  event-store-node --data DIR --tls-certificate FILE --tls-private-key FILE    serves until SIGTERM',
    '  event-store-node --data DIR --insecure                                       the same, for tests',
    '  event-store-node verify --data DIR|FILE    checks a stopped node or a backup, and changes nothing;',
    '                                             exits with 0 only if all is well',
    '',
    'Each setting is a flag or an environment variable; the flag wins:',
    '',
    ...lines,
    '',
  ].join('\n');
}

export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h');

/** The flags that are given, of those that are `known`. @throws Failure `invalid` for any other argument */
export function parseFlags(
  args: readonly string[],
  known: readonly string[],
): Readonly<Record<string, string | boolean | undefined>> {
  const options = Object.fromEntries(
    ALL.filter(([name]) => known.includes(name)).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (thrown) {
    // What follows the first sentence is for somebody who wants to pass a file name that begins with a dash.
    const [what] = messageOf(thrown).split(/[.\n]/u);
    throw new Failure('invalid', `${what ?? ''}: --help says what there is`, { cause: thrown });
  }
}
