import { describe, expect, it } from '@jest/globals';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { create, hostConfigForTest, startInProcess } from '../src/index.ts';
import { widgets } from './widgets.ts';

/** A transport that says when it starts and stops. */
class RecordingStrategy extends Server implements CustomTransportStrategy {
  readonly #log: string[];

  constructor(log: string[]) {
    super();
    this.#log = log;
  }

  listen(done: () => void): void {
    this.#log.push('strategy listens');
    done();
  }

  close(): void {
    this.#log.push('strategy closed');
  }

  on(): this {
    return this;
  }

  unwrap(): never {
    throw new Error('nothing to unwrap');
  }
}

const resource = (log: string[], name: string): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => {
    log.push(`${name} closed`);
    return Promise.resolve();
  },
});

describe('a service with everything', () => {
  it('starts transports, then its own work, and stops in the reverse order', async () => {
    const log: string[] = [];
    const definition = widgets({
      strategies: [new RecordingStrategy(log)],
      start: () => void log.push('work started'),
      resources: [resource(log, 'database'), resource(log, 'projector')],
    });
    const service = await startInProcess(definition, { greeting: '' });
    expect(log).toEqual(['strategy listens', 'work started']);
    expect(await service.destroy()).toEqual({ drained: true });
    expect(await service.destroy()).toEqual({ drained: true });
    expect(log.slice(2)).toEqual(['strategy closed', 'projector closed', 'database closed']);
    await expect(fetch(service.url)).rejects.toThrow();
  });

  it('closes what it had opened when its start fails', async () => {
    const log: string[] = [];
    const definition = widgets({
      resources: [resource(log, 'database')],
      start: () => Promise.reject(new Error('no projector')),
    });
    await expect(startInProcess(definition, { greeting: '' })).rejects.toThrow('no projector');
    expect(log).toEqual(['database closed']);
  });

  it('is not ready before it has started, and answers nobody', async () => {
    const created = await create(widgets(), { ...hostConfigForTest({ logLevel: 'silent' }), greeting: '' });
    await using running = await created.start();
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  });

  it('one resource that fails to close keeps no other open', async () => {
    const log: string[] = [];
    const broken = { [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) };
    const service = await startInProcess(widgets({ resources: [resource(log, 'first'), broken] }), {
      greeting: '',
      logLevel: 'silent',
    });
    expect(await service.destroy()).toEqual({ drained: true });
    expect(log).toEqual(['first closed']);
  });
});

describe('a service whose engines are away', () => {
  it('lives, says why it serves nothing, and starts transports and work when it can serve', async () => {
    const log: string[] = [];
    const there = Promise.withResolvers<undefined>();
    const definition = widgets({
      strategies: [new RecordingStrategy(log)],
      start: () => void log.push('work started'),
      serving: { begin: () => there.promise.then(() => undefined), missing: () => 'PostgreSQL is asleep' },
    });
    await using service = await startInProcess(definition, { greeting: '' }, { untilServing: false });
    const refused = await service.call('GET', '/api/widgets');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(refused.body).toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('PostgreSQL is asleep'),
    });
    expect((await service.call('GET', '/livez')).status).toBe(200);
    expect((await service.call('GET', '/readyz')).status).toBe(503);
    expect((await service.call('GET', '/openapi.json')).status).toBe(200);
    expect((await fetch(`${service.url}/api/widgets`)).status).toBe(401);
    expect(log).toEqual([]);

    there.resolve(undefined);
    await service.serving;
    expect(log).toEqual(['strategy listens', 'work started']);
    expect((await service.call('GET', '/api/widgets')).status).toBe(200);
    expect((await service.call('GET', '/readyz')).status).toBe(200);
  });

  it('can be stopped before they are there', async () => {
    const log: string[] = [];
    const definition = widgets({
      strategies: [new RecordingStrategy(log)],
      resources: [resource(log, 'database')],
      serving: { begin: () => new Promise(() => undefined), missing: () => 'PostgreSQL is asleep' },
    });
    const service = await startInProcess(definition, { greeting: '' }, { untilServing: false });
    expect(await service.destroy()).toEqual({ drained: true });
    expect(log.at(-1)).toBe('database closed');
    expect(log).not.toContain('strategy listens');
  });

  it('ends for what no waiting can cure', async () => {
    const definition = widgets({
      serving: { begin: () => Promise.reject(new TypeError('a migration is wrong')), missing: () => undefined },
    });
    await expect(startInProcess(definition, { greeting: '' })).rejects.toThrow('a migration is wrong');
    await using service = await startInProcess(definition, { greeting: '' }, { untilServing: false });
    expect(await service.failed).toMatchObject({ message: 'a migration is wrong' });
  });
});

describe('spans', () => {
  it('are sent to the collector, the last ones at the stop', async () => {
    const received: string[] = [];
    const collector = createServer((request, response) => {
      received.push(request.url ?? '');
      request.resume().on('end', () => response.end());
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const otlpEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const service = await startInProcess(widgets(), { greeting: '', otlpEndpoint });
    await service.call('GET', '/api/widgets');
    await service.destroy();
    expect(received).toEqual(['/v1/traces']);
    collector.close();
  });

  it('do not hold up a stop when the collector is away', async () => {
    const service = await startInProcess(widgets(), {
      greeting: '',
      otlpEndpoint: 'http://127.0.0.1:1',
      logLevel: 'silent',
    });
    await service.call('GET', '/api/widgets');
    const startedAt = performance.now();
    await service.destroy();
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});
