import {
  CommandReceipt,
  CONNECTION_ACTIONS,
  ConnectionListQuery,
  ConnectionPage,
  ConnectionView,
  HistoryPage,
  pageQuery,
  type ConnectionAction,
} from '@mooring/contracts';
import { handleCommand, stateAt, type EventStore } from '@mooring/event-store';
import { Caller, CommandHeaders, Operation, Problem, type RequestContext } from '@mooring/service-host';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import { connections } from '../aggregates.ts';
import { decide } from '../domain/connection.decide.ts';
import type { ConnectionQueries } from '../adapters/view.queries.ts';
import { foldOne } from '../projections/connections.projection.ts';
import { QUERIES, READ_POSITION, STORE, SYSTEM_ID } from '../tokens.ts';
import { toReceipt, toRejection } from './receipt.ts';
import type { ReadPosition } from './read-position.ts';
import { toView } from './view.ts';

const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const HistoryQuery = Type.Object(pageQuery, { additionalProperties: false });
const FindQuery = Type.Object(
  {
    atLeastRevision: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,18}$',
        description: 'Wait (up to 5 s) until the answer contains this revision; 412 when it does not.',
      }),
    ),
  },
  { additionalProperties: false },
);
const StateQuery = Type.Object(
  {
    revision: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$', description: 'As of this revision, inclusive.' })),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'As of this moment (RFC 3339).' })),
  },
  { additionalProperties: false },
);
const CommandParams = Type.Object({
  id: Type.String({ format: 'uuid' }),
  action: Type.Unsafe<ConnectionAction>(Type.String({ enum: [...CONNECTION_ACTIONS] })),
});

const noSuchConnection = (id: string): Problem =>
  new Problem(404, 'no-such-connection', 'There is no such connection', { detail: `No connection has the id ${id}.` });

const notYet = (id: string, at: string): Problem =>
  new Problem(404, 'no-such-connection', 'There is no such connection', {
    detail: `No connection had the id ${id} at ${at}.`,
  });

/** Connections: what they are, what they were, what was decided and by whom, and commands to them. */
@Controller('api/connections')
export class ConnectionsController {
  constructor(
    @Inject(STORE) private readonly store: EventStore,
    @Inject(QUERIES) private readonly queries: ConnectionQueries,
    @Inject(READ_POSITION) private readonly position: ReadPosition,
    @Inject(SYSTEM_ID) private readonly systemId: string,
  ) {}

  @Get()
  @Operation({
    summary: 'Lists connections',
    tags: ['connections'],
    query: ConnectionListQuery,
    response: { 200: ConnectionPage },
  })
  list(@Query() query: ConnectionListQuery): Promise<ConnectionPage> {
    return this.queries.list(query);
  }

  @Get(':id')
  @Operation({
    summary: 'One connection',
    description:
      'A connection that gave way to another one for the same cluster is answered 308 with the address of that one.',
    tags: ['connections'],
    params: Id,
    query: FindQuery,
    response: { 200: ConnectionView, 308: Type.Null({ description: 'Superseded: see Location.' }) },
    problems: [404, 412],
  })
  async find(
    @Param('id') id: string,
    @Query() query: Static<typeof FindQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionView | undefined> {
    if (query.atLeastRevision !== undefined) await this.position.waitForRevision(id, BigInt(query.atLeastRevision));
    const view = await this.queries.find(id);
    if (view === undefined) throw noSuchConnection(id);
    if (view.supersededBy !== undefined) {
      void reply.status(308).header('location', `/api/connections/${view.supersededBy}`);
      return undefined;
    }
    return view;
  }

  @Get(':id/history')
  @Operation({
    summary: 'Everything that happened to a connection, newest first',
    tags: ['connections'],
    params: Id,
    query: HistoryQuery,
    response: { 200: HistoryPage },
    problems: [404],
  })
  async history(@Param('id') id: string, @Query() query: Static<typeof HistoryQuery>): Promise<HistoryPage> {
    const page = await this.queries.history(id, query);
    if (page.items.length === 0 && query.cursor === undefined) throw noSuchConnection(id);
    return page;
  }

  @Get(':id/state')
  @Operation({
    summary: 'The state a connection had',
    description: 'Folded from its stream: as of a revision, as of a moment, or now. Give at most one of the two.',
    tags: ['connections'],
    params: Id,
    query: StateQuery,
    response: { 200: ConnectionView },
    problems: [404],
  })
  async stateAsOf(
    @Param('id') id: string,
    @Query() { revision, at }: Static<typeof StateQuery>,
  ): Promise<ConnectionView> {
    if (revision !== undefined && at !== undefined) {
      throw new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
        detail: 'Give revision or at, not both.',
        errors: [{ parameter: 'at', detail: 'stands beside revision' }],
      });
    }
    if (at !== undefined && Number.isNaN(Date.parse(at))) {
      throw new Problem(400, 'invalid-request', 'The request is not as this operation wants it', {
        detail: 'at is not a moment that exists.',
        errors: [{ parameter: 'at', detail: 'is not a moment that exists' }],
      });
    }
    const moment = revision === undefined ? (at === undefined ? undefined : new Date(at)) : BigInt(revision);
    const { events } = await stateAt(this.store, connections, id, moment);
    const folded = events.reduce<ReturnType<typeof foldOne> | undefined>(foldOne, undefined);
    if (folded?.fold.status !== 'known') throw at === undefined ? noSuchConnection(id) : notYet(id, at);
    if (revision !== undefined && folded.revision < BigInt(revision)) {
      throw new Problem(404, 'no-such-revision', 'There is no such revision', {
        detail: `Connection ${id} has the revisions 0 to ${folded.revision.toString()}.`,
      });
    }
    return toView(folded.fold, folded);
  }

  @Post(':id/:action')
  @HttpCode(200)
  @Operation({
    summary: 'Asks something of a connection',
    description:
      'Answers what was recorded; asking for what is so already records nothing. 409 names the state, the command and what is allowed. With an Idempotency-Key a repeat answers what the first one recorded.',
    tags: ['connections'],
    params: CommandParams,
    headers: CommandHeaders,
    response: { 200: CommandReceipt },
    problems: [404, 409],
  })
  async command(
    @Param() { id, action }: Static<typeof CommandParams>,
    @Caller() caller: RequestContext,
  ): Promise<CommandReceipt> {
    const { userId, correlationId, idempotencyKey, traceId } = caller;
    const context = {
      userId,
      correlationId,
      systemId: this.systemId,
      // The same key with another command is another command, not a repeat.
      ...(idempotencyKey === undefined ? {} : { idempotencyKey: `${action} ${idempotencyKey}` }),
    };
    const result = await handleCommand(this.store, connections, id, context, (state) =>
      decide({ kind: action, by: 'person' }, state),
    );
    if (!result.ok) throw toRejection(id, result.error);
    const { state } = result.value;
    if (state.status === 'unknown') throw noSuchConnection(id);
    return toReceipt(state, result.value, traceId);
  }
}
