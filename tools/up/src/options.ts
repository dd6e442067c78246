import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkoutFolder } from '@mooring/engines';
import { Failure, messageOf } from '@mooring/kernel';

/** What somebody asks for at start. */
export interface Options {
  readonly dataFolder: string;
  /** The first of the ports used, which is the gateway's. */
  readonly port: number;
  readonly kubeconfig: string | undefined;
  readonly allow: readonly ('exec' | 'files' | 'http')[];
  readonly demo: boolean;
  readonly otlpEndpoint: string | undefined;
  /** Outside systems that get a read-only user of their own on the bus, kept from then on. */
  readonly readers: readonly string[];
}

/** How many ports in a row are taken, from the first one: without the demo, and with it and its three clusters. */
export const PORTS = 10;
export const PORTS_OF_DEMO = 13;

/** What `--help` prints. In a file, since it is also printed before anything is installed. */
export const help = (): string => readFileSync(join(checkoutFolder(), 'tools/up/help.txt'), 'utf8');

export const DEFAULT_PORT = 9081;
const PORT_MAX = 65_536 - PORTS_OF_DEMO;

export const OPTIONS = {
  kubeconfig: { type: 'string', multiple: true },
  'allow-exec': { type: 'boolean' },
  'allow-files': { type: 'boolean' },
  'allow-http': { type: 'boolean' },
  demo: { type: 'boolean' },
  data: { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  otlp: { type: 'string', multiple: true },
  reader: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

const invalid = (message: string): Failure => new Failure('invalid', message);

/** Reads the command line. Gives `help` where that was asked for; throws a Failure `invalid` that names what is wrong and what is allowed. */
export function readOptions(args: readonly string[], checkout: string, cwd: string): Options | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const text = (name: 'kubeconfig' | 'data' | 'port' | 'otlp'): string | undefined => once(name, values[name]);
  const [kubeconfig, data, demo] = [text('kubeconfig'), text('data'), values.demo === true];
  if (demo && kubeconfig !== undefined) {
    throw invalid('--demo and --kubeconfig exclude each other: hand the kubeconfig in on the page while the demo runs');
  }
  const allow = (['exec', 'files', 'http'] as const).filter((what) => values[`allow-${what}`] === true);
  if (allow.length > 0 && kubeconfig === undefined) {
    throw invalid(
      `--allow-${allow.join(', --allow-')} concerns only the file given with --kubeconfig, and there is none`,
    );
  }
  return {
    port: readPort(text('port') ?? String(DEFAULT_PORT)),
    allow,
    dataFolder: data === undefined ? resolve(checkout, '.mooring') : resolve(cwd, data),
    kubeconfig: kubeconfig === undefined ? undefined : resolve(cwd, kubeconfig),
    demo,
    otlpEndpoint: readCollector(text('otlp')),
    readers: (values.reader ?? []).map(readReader),
  };
}

/** The port of the gateway, of which the others follow. */
export function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= PORT_MAX)) {
    throw invalid(`--port ${text} cannot be the first port: allowed is a whole number from 1 to ${PORT_MAX}`);
  }
  return port;
}

const NOT_FOR_READERS = new Set(['connections', 'discovery', 'notifications', 'provisioner', 'operator']);

function readReader(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || NOT_FOR_READERS.has(name)) {
    throw invalid(
      `--reader ${name} cannot name a reader: allowed are up to 32 lower-case letters, digits and -, beginning with a letter, and not ${[...NOT_FOR_READERS].join(', ')}`,
    );
  }
  return name;
}

function readCollector(text: string | undefined): string | undefined {
  if (text !== undefined && !/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw invalid(
      `--otlp ${text} is no address of a collector: allowed is a URL with http: or https:, as http://127.0.0.1:4318`,
    );
  }
  return text;
}

function once(name: string, values: readonly string[] | undefined): string | undefined {
  if (values === undefined) return undefined;
  if (values.length > 1) throw invalid(`--${name} was given ${values.length} times: allowed is once`);
  if (values[0] === '') throw invalid(`--${name} is empty: give a value, or leave it out`);
  return values[0];
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (thrown) {
    throw invalid(`${messageOf(thrown)}\n\n${help()}`);
  }
}
