import { EventListQuery, EventPage } from '@mooring/contracts';
import { Operation, operationSchema } from '@mooring/service-host';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { EventLog } from '../adapters/event-log.ts';
import type { Hub } from '../log/hub.ts';
import { EVENT_LOG } from '../tokens.ts';
import { streamEvents } from './event-stream.ts';

/** The event log: everything that happened, as it arrived. */
@Controller('api/events')
export class EventsController {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  @Get()
  @Operation({
    summary: 'Lists events, newest first unless asked otherwise',
    tags: ['events'],
    query: EventListQuery,
    response: { 200: EventPage },
  })
  list(@Query() query: EventListQuery): Promise<EventPage> {
    return this.log.list(query);
  }
}

/** Live events. A raw route: one shared buffer goes to every client, which Nest's `@Sse` cannot do. */
export function serveEventStream(
  http: FastifyInstance,
  deps: { readonly log: EventLog; readonly hub: Hub; readonly stopping: AbortSignal },
): void {
  http.get(
    '/api/events/stream',
    {
      schema: operationSchema({
        summary: 'Live events as server-sent events',
        description:
          'Each message is a CloudEvent; its id is its number in the log. With Last-Event-ID it goes on right after that one, without a gap or a repeat. A message of type `reset` says that the id is not known: read the lists again and go on.',
        tags: ['events'],
        query: Type.Object(
          {
            lastEventId: Type.Optional(
              Type.String({
                maxLength: 100,
                description: 'As the header Last-Event-ID, for clients that cannot send it.',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        headers: Type.Object({
          'Last-Event-ID': Type.Optional(Type.String({ description: 'Go on right after this one.' })),
        }),
        response: { 200: Type.String({ description: 'text/event-stream' }) },
        produces: ['text/event-stream'],
      }),
    },
    async (request, reply) => {
      const { lastEventId } = request.query as { lastEventId?: string };
      const header = request.headers['last-event-id'];
      // Asked before the reply is taken over, so that a database that is away is answered as a problem.
      const { log } = deps;
      await log.head();
      reply.hijack();
      await streamEvents({
        response: reply.raw,
        lastEventId: typeof header === 'string' ? header : lastEventId,
        log,
        hub: deps.hub,
        signal: deps.stopping,
      }).catch(() => reply.raw.destroy());
    },
  );
}
