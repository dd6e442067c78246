import { readFileSync } from 'node:fs';
import { topology } from '../provision/topology.ts';
import { natsServerConfig, type BusUsers } from './server-config.ts';

/** Not keys of anybody: the example shows where real ones go. */
const key = (letter: string): string => `U${letter.repeat(55)}`;

const users: BusUsers = {
  services: { connections: key('A'), discovery: key('B'), notifications: key('C') },
  provisioner: key('P'),
  operator: key('Q'),
  readers: { audit: key('R') },
};

describe('the configuration of nats-server', () => {
  it('is the example in infra/nats', () => {
    const example = new URL('../../../../infra/nats/nats-server.example.conf', import.meta.url);
    const options = { port: 4222, storeFolder: '/var/lib/nats', users, topology: topology() };
    expect(natsServerConfig(options)).toBe(readFileSync(example, 'utf8'));
  });

  it.each([
    ['a seed in place of a public key', { ...users, operator: `S${key('A')}` }, 'public user key'],
    ['a reader with the name of a service', { ...users, readers: { discovery: key('R') } }, 'name of a service'],
    ['a name that is a wildcard', { ...users, readers: { '*': key('R') } }, 'cannot name a NATS user'],
  ])('refuses %s', (_what, wrong, message) => {
    expect(() => natsServerConfig({ users: wrong, topology: topology() })).toThrow(message);
  });
});
