import {
  eventTypeOfStored,
  NotificationListQuery,
  NotificationPage,
  NotificationReceipt,
  NotificationView,
} from '@mooring/contracts';
import { handleCommand, type EventStore } from '@mooring/event-store';
import { Caller, CommandHeaders, Operation, Problem, type RequestContext } from '@mooring/service-host';
import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Type } from 'typebox';
import type { NotificationQueries } from '../adapters/view.queries.ts';
import { notifications } from '../aggregates.ts';
import { acknowledge } from '../domain/notification.decide.ts';
import { QUERIES, STORE, SYSTEM_ID } from '../tokens.ts';

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });

const noSuchNotification = (id: string): Problem =>
  new Problem(404, 'no-such-notification', 'There is no such notification', {
    detail: `No notification has the id ${id}.`,
  });

/** What needs a person. */
@Controller('api/notifications')
export class NotificationsController {
  constructor(
    @Inject(STORE) private readonly store: EventStore,
    @Inject(QUERIES) private readonly queries: NotificationQueries,
    @Inject(SYSTEM_ID) private readonly systemId: string,
  ) {}

  @Get()
  @Operation({
    summary: 'Lists notifications, the latest first',
    tags: ['notifications'],
    query: NotificationListQuery,
    response: { 200: NotificationPage },
  })
  list(@Query() query: NotificationListQuery): Promise<NotificationPage> {
    return this.queries.list(query);
  }

  @Get(':id')
  @Operation({
    summary: 'One notification',
    tags: ['notifications'],
    params: Id,
    response: { 200: NotificationView },
    problems: [404],
  })
  async find(@Param('id') id: string): Promise<NotificationView> {
    const view = await this.queries.find(id);
    if (view === undefined) throw noSuchNotification(id);
    return view;
  }

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Operation({
    summary: 'Says that a person has seen it',
    description: 'Asking twice is not an error; what is resolved already stays so.',
    tags: ['notifications'],
    params: Id,
    headers: CommandHeaders,
    response: { 200: NotificationReceipt },
    problems: [404, 409],
  })
  async acknowledge(@Param('id') id: string, @Caller() caller: RequestContext): Promise<NotificationReceipt> {
    const { userId, correlationId, idempotencyKey, traceId } = caller;
    const context = {
      userId,
      correlationId,
      systemId: this.systemId,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    const result = await handleCommand(this.store, notifications, id, context, (state) => acknowledge(id, state));
    if (!result.ok) throw noSuchNotification(id);
    const { state, revision, recorded } = result.value;
    const { status } = state;
    if (status === 'none') throw noSuchNotification(id);
    return {
      id,
      status,
      revision: revision.toString(),
      recorded: recorded.map(({ event }) => eventTypeOfStored(event.type)?.type ?? event.type),
      traceId,
    };
  }
}
