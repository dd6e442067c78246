import { eventually, startTestNats, type TestNats } from '@mooring/testing';
import {
  connectBus,
  createNkeyUser,
  natsServerConfig,
  provision,
  topology,
  type Bus,
  type NkeyUser,
} from '../src/index.ts';

/** A server on which everybody may do everything, with all streams and consumers. */
export async function startOpenNats() {
  const nats = await startTestNats();
  const bus = await connectBus({ servers: nats.url, name: 'test' });
  await provision(bus, topology());
  return {
    nats,
    bus,
    connect: (name: string) => connectBus({ servers: nats.url, name }),
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      await nats[Symbol.asyncDispose]();
    },
  };
}

export const USERS = ['connections', 'discovery', 'notifications', 'provisioner', 'operator', 'audit'] as const;
export type User = (typeof USERS)[number];

/** A server with the permissions of production, provisioned by its provisioner; `audit` is an outside reader. */
export async function startGuardedNats(): Promise<{ nats: TestNats; buses: Record<User, Bus> } & AsyncDisposable> {
  const keys = Object.fromEntries(USERS.map((name) => [name, createNkeyUser()])) as Record<User, NkeyUser>;
  const { connections, discovery, notifications, provisioner, operator, audit } = keys;
  const config = natsServerConfig({
    topology: topology(),
    users: {
      services: {
        connections: connections.publicKey,
        discovery: discovery.publicKey,
        notifications: notifications.publicKey,
      },
      provisioner: provisioner.publicKey,
      operator: operator.publicKey,
      readers: { audit: audit.publicKey },
    },
  });
  const nats = await startTestNats({ config });
  const connected = await Promise.all(
    USERS.map(async (name): Promise<[User, Bus]> => {
      // A reader is an ordinary client, with an ordinary inbox.
      const inbox = name === 'audit' ? { inboxPrefix: '_INBOX' } : {};
      return [name, await connectBus({ servers: nats.url, name, user: keys[name], ...inbox })];
    }),
  );
  const buses = Object.fromEntries(connected) as Record<User, Bus>;
  await provision(buses.provisioner, topology());
  return {
    nats,
    buses,
    async [Symbol.asyncDispose]() {
      await Promise.all(connected.map(([, bus]) => bus[Symbol.asyncDispose]()));
      await nats[Symbol.asyncDispose]();
    },
  };
}

/** Whether the server lets the user publish there. A refusal of a plain publish shows only on the connection's status. */
export async function mayPublish(bus: Bus, subject: string): Promise<boolean> {
  return !(await refused(bus, subject, () => bus.connection.publish(subject, '{}')));
}

export async function maySubscribe(bus: Bus, subject: string): Promise<boolean> {
  const denied = await refused(bus, subject, () => bus.connection.subscribe(subject, { callback: () => undefined }));
  return !denied;
}

async function refused(bus: Bus, subject: string, act: () => unknown): Promise<boolean> {
  const errors: string[] = [];
  const status = bus.connection.status();
  const listening = (async () => {
    for await (const event of status) {
      if (event.type === 'error') errors.push(event.error.message);
      if (event.type === 'error' && event.error.message.includes(FENCE)) return;
    }
  })();
  act();
  // Errors come in the order of what caused them: a subject that nobody may use marks the end.
  bus.connection.publish(FENCE, '');
  await eventually(() => errors.some((error) => error.includes(FENCE)));
  await listening;
  return errors.some((error) => error.includes(`"${subject}"`));
}

const FENCE = 'forbidden.to.everybody';
