import { asyncApiDocument, EVENT_TYPES, jsonSchemaOf, PRODUCERS, streamOf } from '@mooring/contracts';
import { createSimulatedCluster, type SimulatedCluster } from '@mooring/kube-sim';
import { eventually } from '@mooring/testing';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { CloudEvent, HTTP } from 'cloudevents';
import { Compile } from 'typebox/compile';
import { once } from 'node:events';
import { request } from 'node:http';
import { natsUrlOf, secretOf } from './backdoors.ts';
import { documentedCalls, walk, type DocumentedCall } from './documented.ts';
import { followEvents, type EventSourceClient } from './event-source.ts';
import { kubeconfigWith } from './kubeconfigs.ts';
import { connectionIn, outcomesOf, startSystem, type System } from './system.ts';

const QUICK = { MOORING_UP_DISCOVERY_LOST_WINDOW: '1s', MOORING_UP_DISCOVERY_RETRY_MAX: '500ms' };

describe('other systems', () => {
  let system: System;
  let cluster: SimulatedCluster;
  let call: DocumentedCall;
  let imports = 0;

  /** Something that happens: an import with an address that nobody listens at. */
  const happen = async (): Promise<void> => {
    imports += 1;
    await outcomesOf(system, await system.importKubeconfig(kubeconfigWith([{ name: `happening-${imports}` }])));
  };
  const log = async (): Promise<readonly any[]> => walk(call, '/api/events?order=oldest', 200);
  const reader = (): Promise<NatsConnection> =>
    connect({
      servers: natsUrlOf(system),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(secretOf(system, 'nats-reader.seed'))),
    });

  beforeAll(async () => {
    cluster = await createSimulatedCluster({ name: 'pier', nodes: 1, pods: 2 });
    system = await startSystem({ env: QUICK });
    call = await documentedCalls(system);
    await system.importKubeconfig(cluster.kubeconfig);
    await connectionIn(system, 'pier', 'connected');
  }, 120_000);

  afterAll(async () => {
    await system?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  describe('on the bus', () => {
    /** Messages of all three streams, from the beginning, by one consumer each that has the reader's name. */
    const readAll = async (nats: NatsConnection, max: number): Promise<readonly { seq: number; json: any }[]> => {
      const manager = await jetstreamManager(nats, { checkAPI: false });
      const found: { seq: number; json: any }[] = [];
      for (const stream of PRODUCERS.map(streamOf)) {
        await manager.consumers.add(stream, {
          durable_name: 'reader',
          name: 'reader',
          deliver_policy: DeliverPolicy.All,
          ack_policy: AckPolicy.Explicit,
        });
        const consumer = await jetstream(nats).consumers.get(stream, 'reader');
        const { num_pending } = await consumer.info();
        const wanted = Math.min(max, num_pending);
        const messages = wanted === 0 ? [] : await consumer.fetch({ max_messages: wanted, expires: 5_000 });
        for await (const message of messages) {
          found.push({ seq: message.seq, json: message.json() });
          await message.ackAck();
        }
      }
      return found;
    };

    it('gives a plain subscriber each stored event once, live', async () => {
      const nats = await reader();
      const heard: any[] = [];
      nats.subscribe('events.>', { callback: (error, message) => void heard.push(error ?? message) });
      await nats.flush();
      const before = (await log()).length;
      await happen();
      await happen();
      await eventually(async () => {
        const stored = (await log()).slice(before).map(({ event }) => `${event.source} ${event.id}`);
        const got = heard.map((message) => message.json()).map(({ source, id }: any) => `${source} ${id}`);
        expect(stored.length).toBeGreaterThan(6);
        expect(got.toSorted()).toEqual(stored.toSorted());
      });
      for (const message of heard) {
        const { type, subject } = message.json();
        expect(message.subject).toBe(`events.${type.replace('io.meshery.', '').replace(/\.v\d+$/, '')}.${subject}`);
      }
      await nats.drain();
    }, 30_000);

    it('gives a JetStream consumer every event from the beginning, and goes on after a disconnect where it was', async () => {
      const first = await reader();
      const some = await readAll(first, 4);
      // Gone without a goodbye.
      await first.close();
      await happen();
      const second = await reader();
      const rest = await readAll(second, 10_000);
      await second.close();
      await eventually(async () => {
        const stored = (await log()).map(({ event }) => event.id);
        const got = [...some, ...rest].map(({ json }) => json.id);
        expect(new Set(got).size).toBe(got.length);
        expect(got.toSorted()).toEqual(stored.toSorted());
      });
    }, 30_000);

    it('carries CloudEvents that the official SDK parses and finds valid, and that fit their served schemas', async () => {
      const nats = await reader();
      const manager = await jetstreamManager(nats, { checkAPI: false });
      for (const stream of PRODUCERS.map(streamOf)) await manager.consumers.delete(stream, 'reader');
      const all = await readAll(nats, 10_000);
      await nats.close();
      const schemas = new Map<string, ReturnType<typeof Compile>>();
      for (const { json } of all) {
        const parsed = HTTP.toEvent<unknown>({
          headers: { 'content-type': 'application/cloudevents+json' },
          body: JSON.stringify(json),
        }) as CloudEvent;
        expect(parsed.validate()).toBe(true);
        expect(parsed.toJSON()).toEqual(json);
        expect(new CloudEvent(json, true).type).toBe(json.type);
        if (!schemas.has(json.type)) {
          const { status, body } = await call('GET', `/api/schemas/${json.type}`);
          expect(status).toBe(200);
          schemas.set(json.type, Compile(body));
        }
        expect([json.type, schemas.get(json.type)?.Errors(json)]).toEqual([json.type, []]);
      }
      expect(schemas.size).toBeGreaterThan(9);
    }, 30_000);

    it('is described by the documents that the contracts make', async () => {
      const { body } = await call('GET', '/api/asyncapi.json');
      expect(body).toEqual(asyncApiDocument(body.info.version));
      for (const { type } of EVENT_TYPES) {
        const served = await call('GET', `/api/schemas/${type}`);
        expect(served.body).toEqual(jsonSchemaOf(type));
        expect(body.components.schemas).toHaveProperty([type]);
      }
    });

    it('lets a reader publish nothing and see no credential', async () => {
      const nats = await reader();
      const denied: string[] = [];
      void (async () => {
        for await (const status of nats.status()) if (status.type === 'error') denied.push(String(status.error));
      })();
      for (const subject of [
        'events.connections.connection.deleted.x',
        'relay.connections.connection.deleted.x',
        'dead.connections.x',
        'redrive.connections.x',
        '$KV.CREDENTIALS.x',
        '$JS.API.STREAM.MSG.GET.CONNECTIONS',
        '$JS.API.STREAM.MSG.GET.KV_CREDENTIALS',
        '$JS.API.DIRECT.GET.KV_CREDENTIALS.$KV.CREDENTIALS.x',
        '$JS.API.CONSUMER.CREATE.KV_CREDENTIALS.reader',
        '$JS.API.CONSUMER.CREATE.CONNECTIONS.other',
        '$JS.API.STREAM.PURGE.CONNECTIONS',
        '$JS.API.STREAM.DELETE.CONNECTIONS',
      ]) {
        nats.publish(subject, '{}');
        await eventually(() => expect(denied.at(-1)).toContain(subject));
      }
      for (const subject of ['$KV.>', 'relay.>', 'dead.>', '_INBOX_connections.>', '>']) {
        nats.subscribe(subject, { callback: () => undefined });
        await eventually(() => expect(denied.at(-1)).toContain(subject));
      }
      await nats.close();
    }, 30_000);
  });

  describe('with server-sent events', () => {
    /** What a client got is exactly the log after a number: no gap, no repeat, in order, under the log's own ids. */
    const matchesLogAfter = async (client: EventSourceClient, after: number, atLeast: number): Promise<void> => {
      await eventually(
        async () => {
          const expected = (await log()).filter(({ id }) => Number(id) > after);
          expect(expected.length).toBeGreaterThanOrEqual(atLeast);
          expect(client.messages.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
          expect(client.messages.map(({ data }) => JSON.parse(data))).toEqual(expected.map(({ event }) => event));
          expect(new Set(client.messages.map(({ event }) => event))).toEqual(new Set(['message']));
        },
        { timeoutMs: 20_000, intervalMs: 100 },
      );
    };
    const head = async (): Promise<number> => Number((await call('GET', '/api/events?limit=1')).body.position);
    const killed = async (name: string): Promise<void> => {
      const pid = system.pidOf(name);
      process.kill(pid, 'SIGKILL');
      await eventually(() => expect(system.pidOf(name)).not.toBe(pid), { timeoutMs: 20_000 });
    };
    const untilQuiet = async (): Promise<number> => {
      let before = -1;
      return eventually(
        async () => {
          const now = await head();
          const same = now === before;
          before = now;
          return same && now;
        },
        { intervalMs: 300 },
      );
    };

    it('gives what happens, in order, numbered as in the log', async () => {
      const from = await untilQuiet();
      await using client = await followEvents(system);
      await happen();
      await matchesLogAfter(client, from, 4);
    }, 30_000);

    it('goes on after Last-Event-ID from any point of the log', async () => {
      await using whole = await followEvents(system, '0');
      await matchesLogAfter(whole, 0, 20);
      await using part = await followEvents(system, '7');
      await matchesLogAfter(part, 7, 13);
    }, 30_000);

    it('leaves no gap and repeats nothing when notifications or the gateway is killed', async () => {
      const from = await untilQuiet();
      await using client = await followEvents(system, String(from));
      await happen();
      for (const name of ['notifications', 'gateway']) {
        const { connections } = client;
        await Promise.all([killed(name), name === 'gateway' ? undefined : happen()]);
        await eventually(() => expect(client.connections).toBeGreaterThan(connections), { timeoutMs: 20_000 });
        await happen();
      }
      await matchesLogAfter(client, from, 12);
    }, 60_000);

    it.each(['999999999', 'junk', '-1', '1.5'])(
      'says reset where the id %s was never given out',
      async (id) => {
        const from = await untilQuiet();
        await using client = await followEvents(system, id);
        await eventually(() => expect(client.messages).toHaveLength(1));
        expect(client.messages[0]).toMatchObject({ event: 'reset', id: String(from) });
        await happen();
        await eventually(() => expect(client.messages[1]).toMatchObject({ id: String(from + 1), event: 'message' }));
      },
      30_000,
    );

    it('lets a slow reader keep nobody waiting', async () => {
      const from = await untilQuiet();
      const slow = request(`${system.url}/api/events/stream?lastEventId=0`, {
        headers: { authorization: `Bearer ${system.token}`, accept: 'text/event-stream' },
      }).end();
      const [response] = await once(slow, 'response');
      response.pause();
      await using client = await followEvents(system, String(from));
      await happen();
      await matchesLogAfter(client, from, 4);
      slow.destroy();
    }, 30_000);
  });
});
