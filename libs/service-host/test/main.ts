import { Type } from 'typebox';
import { operationSchema, run } from '../src/index.ts';
import type { Logger, ServiceContext } from '../src/index.ts';
import { widgets } from './widgets.ts';

const Nothing = Type.Object({});
const schema = operationSchema({ summary: 'For tests of the stop', response: { 200: Nothing } });

const resource = (log: Logger, name: string): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => {
    log.info({ name }, 'closed');
    return Promise.resolve();
  },
});

/** A service as a process, whose requests end as the test of the stop wants it. */
const definition = widgets();
await run({
  ...definition,
  wire: async (context: ServiceContext<{ greeting: string }>) => {
    const { log, stopping, fail } = context;
    const wiring = await definition.wire(context);
    return {
      ...wiring,
      resources: [resource(log, 'first'), resource(log, 'second')],
      configureHttp: (http) => {
        // Ends a while after the stop has begun: what is in flight is waited for.
        http.get('/api/slow', { schema }, async (_request, reply) => {
          log.info('slow request is here');
          await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
          await new Promise((resolve) => setTimeout(resolve, 200));
          return reply.send({});
        });
        http.get('/api/stuck', { schema }, () => {
          log.info('stuck request is here');
          return new Promise(() => undefined);
        });
        http.post('/api/fault', { schema }, (_request, reply) => {
          void reply.send({});
          fail(new Error('the store is gone'));
        });
        http.post('/api/bug', { schema }, (_request, reply) => {
          void reply.send({});
          setImmediate(() => {
            throw new TypeError('nobody catches this');
          });
        });
      },
    };
  },
});
