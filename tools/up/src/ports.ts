import { isPortTaken } from '@mooring/engines';
import { Failure } from '@mooring/kernel';
import { PORTS, PORTS_OF_DEMO } from './options.ts';

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
  // Of the simulated clusters' switchboard; taken only by the demo, and so are the ports of the clusters behind it.
  'demo',
] as const;

/** Every port of an installation, in a row from the gateway's on. */
export type Ports = Readonly<Record<(typeof NAMES)[number], number>>;

export const portsFrom = (first: number): Ports =>
  Object.fromEntries(NAMES.map((name, index) => [name, first + index])) as Ports;

/** What listens where, by port. */
export function portsUsed(ports: Ports, demo: boolean): ReadonlyMap<number, string> {
  const row = NAMES.filter((name) => demo || name !== 'demo').map((name) => [ports[name], name] as const);
  const clusters = Array.from({ length: demo ? PORTS_OF_DEMO - PORTS : 0 }, (_, index) => {
    return [ports.gateway + PORTS + index, 'simulated cluster'] as const;
  });
  return new Map([...row, ...clusters]);
}

/** Throws a Failure `conflict` that names every port in use and what to do, before anything is started. */
export async function requireFree(ports: Ports, demo: boolean): Promise<void> {
  const taken: string[] = [];
  for (const [port, name] of portsUsed(ports, demo)) if (await isPortTaken(port)) taken.push(`${port} (${name})`);
  if (taken.length === 0) return;
  const last = (demo ? PORTS_OF_DEMO : PORTS) - 1;
  throw new Failure(
    'conflict',
    `${taken.length === 1 ? 'this port of 127.0.0.1 is' : 'these ports of 127.0.0.1 are'} in use: ${taken.join(', ')}. Stop what uses ${taken.length === 1 ? 'it' : 'them'}, or start with --port N, which takes N to N+${last}`,
  );
}
