import { isPortTaken } from '@mooring/engines';
import { Failure } from '@mooring/kernel';

/** Every port of an installation, in a row from the gateway's on. */
export interface Ports {
  readonly gateway: number;
  readonly nats: number;
  readonly eventStore: number;
  readonly eventStoreHttp: number;
  readonly postgres: number;
  readonly connections: number;
  readonly discovery: number;
  readonly notifications: number;
  readonly console: number;
  /** Of the simulated clusters' switchboard; taken only by the demo. */
  readonly demo: number;
}

const NAMES = [
  'gateway',
  'nats',
  'eventStore',
  'eventStoreHttp',
  'postgres',
  'connections',
  'discovery',
  'notifications',
  'console',
  'demo',
] as const;

export const portsFrom = (first: number): Ports =>
  Object.fromEntries(NAMES.map((name, index) => [name, first + index])) as unknown as Ports;

/** Throws a Failure `conflict` that names every port in use and what to do, before anything is started. */
export async function requireFree(ports: Ports): Promise<void> {
  const taken: string[] = [];
  for (const name of NAMES) if (await isPortTaken(ports[name])) taken.push(`${ports[name]} (${name})`);
  if (taken.length === 0) return;
  throw new Failure(
    'conflict',
    `these ports of 127.0.0.1 are in use: ${taken.join(', ')}. Stop what uses them, or start with --port N, which takes N to N+${NAMES.length - 1}`,
  );
}
