import { Failure } from '@mooring/kernel';

/** Who somebody is to EventStoreDB. */
export interface EventStoreAccount {
  readonly login: string;
  readonly password: string;
}

/** The connection string of a cluster with TLS. `hosts` are `host:port`, with commas between; no IP addresses, whose certificates the client warns of. */
export const secureConnectionString = (hosts: string, account: EventStoreAccount, caFile?: string): string =>
  `esdb://${credentialsOf(account)}@${hosts}?tls=true${caFile === undefined ? '' : `&tlsCaFile=${encodeURIComponent(caFile)}`}`;

/** The same connection string for somebody else. */
export const asAccount = (connectionString: string, account: EventStoreAccount): string =>
  connectionString.trim().replace(PARTS, `$1${credentialsOf(account)}@$3`);

const credentialsOf = ({ login, password }: EventStoreAccount): string =>
  `${encodeURIComponent(login)}:${encodeURIComponent(password)}`;

/** Scheme, credentials, the rest. */
const PARTS = /^(esdb(?:\+discover)?:\/\/)(?:([^@/?]*)@)?(.*)$/s;

/** What our own code needs to know of a connection string. */
export interface ConnectionParts {
  readonly account: EventStoreAccount | undefined;
  /** The first of the hosts, with its port. */
  readonly host: string;
  readonly tls: boolean;
  readonly caFile: string | undefined;
}

/** What the client understands, without regard to case, `-` and `_`. */
const KEYS = new Set([
  ...['connectionname', 'defaultdeadline', 'discoveryinterval', 'gossiptimeout', 'keepaliveinterval'],
  ...['keepalivetimeout', 'maxdiscoverattempts', 'nodepreference', 'throwonappendfailure'],
  ...['tls', 'tlscafile', 'usercertfile', 'userkeyfile'],
]);

const invalid = (why: string): Failure =>
  new Failure('invalid', `the connection string of the event store cannot be used: ${why}`);

/**
 * Reads a connection string. Throws a Failure `invalid` for a parameter that the client does not know: the client prints such a
 * string, password and all.
 */
export function readConnectionString(connectionString: string): ConnectionParts {
  const [, scheme, credentials, rest = ''] = PARTS.exec(connectionString.trim()) ?? [];
  if (scheme === undefined) throw invalid('it does not begin with esdb:// or esdb+discover://');
  const [hosts = '', query = ''] = rest.split('?', 2);
  const parameters = new Map<string, string>();
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [key = '', value = ''] = pair.split('=', 2);
    const name = key.trim().toLowerCase().replaceAll(/[_-]/g, '');
    if (!KEYS.has(name)) throw invalid(`it has a parameter that the client does not know; ${[...KEYS].join(', ')} are`);
    parameters.set(name, value);
  }
  const host = /^[^,/]+/.exec(hosts)?.[0];
  if (host === undefined) throw invalid('it names no host');
  const caFile = parameters.get('tlscafile');
  return {
    account: readAccount(credentials),
    host: host.includes(':') ? host : `${host}:2113`,
    tls: parameters.get('tls') !== 'false',
    caFile: caFile === undefined ? undefined : decode(caFile),
  };
}

function readAccount(credentials: string | undefined): EventStoreAccount | undefined {
  if (credentials === undefined) return undefined;
  const [login = '', password = '', ...more] = credentials.split(':');
  if (login === '' || password === '' || more.length > 0)
    throw invalid('before the @ stand a user and a password, each percent-encoded');
  return { login: decode(login), password: decode(password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('it is not percent-encoded as it should be');
  }
}
