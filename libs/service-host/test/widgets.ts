import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import { Failure, type FailureCode } from '@mooring/kernel';
import { Type } from 'typebox';
import { Caller, defineService, operationSchema, Operation, Problem, text } from '../src/index.ts';
import type { ReadinessContributor, RequestContext, ServiceWiring } from '../src/index.ts';

const Uuid = Type.String({ format: 'uuid' });
const Size = Type.Union([Type.Literal('small'), Type.Literal('large')]);
const Widget = Type.Object({
  name: Type.String({ minLength: 1 }),
  size: Size,
  parts: Type.Array(Type.Object({ n: Type.Integer() })),
});
const Id = Type.Object({ id: Uuid });
const Any = Type.Record(Type.String(), Type.Unknown());

@Controller('/api/widgets')
class WidgetsController {
  @Get()
  @Operation({
    summary: 'List',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10, default: 5 })),
      deep: Type.Optional(Type.Boolean()),
      tag: Type.Optional(Type.Array(Type.String())),
      order: Type.Optional(Type.String({ enum: ['up', 'down'] })),
    }),
    response: { 200: Any },
  })
  list(@Query() query: Record<string, unknown>): Record<string, unknown> {
    return query;
  }

  @Post()
  @Operation({ summary: 'Make', body: Widget, response: { 201: Widget } })
  make(@Body() widget: unknown): unknown {
    return widget;
  }

  @Get('context')
  @Operation({
    summary: 'Who asks',
    response: {
      200: Type.Object({
        userId: Uuid,
        correlationId: Uuid,
        traceId: Type.String(),
        traceparent: Type.String(),
        idempotencyKey: Type.Optional(Type.String()),
      }),
    },
  })
  context(@Caller() { userId, correlationId, traceId, traceparent, idempotencyKey }: RequestContext): unknown {
    return { userId, correlationId, traceId, traceparent, idempotencyKey };
  }

  @Post(':id/start')
  @HttpCode(200)
  @Operation({ summary: 'Start', params: Id, response: { 200: Id }, problems: [409] })
  start(@Param('id') id: string): never {
    throw new Problem(409, 'illegal-transition', 'Not possible in this state', {
      detail: `start is not allowed for ${id}`,
      extensions: { state: 'broken', command: 'start', allowedActions: ['delete'] },
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @Operation({ summary: 'Remove', params: Id, response: { 204: Type.Null() } })
  remove(): void {
    // Nothing to remove.
  }

  @Get('failing/:code')
  @Operation({
    summary: 'Fail',
    params: Type.Object({ code: Type.String() }),
    response: { 200: Any },
    problems: [404, 409, 413],
  })
  fail(@Param('code') code: string): never {
    if (code === 'bug') throw new TypeError('password=hunter2 is undefined');
    throw new Failure(code as FailureCode, `the store at 10.0.0.7 said: ${code}`);
  }

  @Get('lying')
  @Operation({ summary: 'Answers what is not documented', response: { 200: Type.Object({ known: Type.String() }) } })
  lie(): unknown {
    return { known: 'yes', extra: 'kept' };
  }
}

@Module({})
class AppModule {}

export const part = (name: string, state: { ready: boolean; message?: string }): ReadinessContributor => ({
  name,
  check: () => state,
});

/** A small service that shows every feature of the host; `more` adds to its wiring. */
export const widgets = (more: Partial<ServiceWiring> = {}) =>
  defineService({
    name: 'widgets',
    version: '1.2.3',
    config: { greeting: text({ env: 'WIDGETS_GREETING', default: 'hello', description: 'What to say.' }) },
    wire: () => ({
      module: { module: AppModule, controllers: [WidgetsController] },
      ...more,
      configureHttp: async (http) => {
        await more.configureHttp?.(http);
        http.post(
          '/api/raw',
          {
            schema: operationSchema({
              summary: 'Raw',
              body: Any,
              consumes: ['application/json'],
              response: { 200: Any },
            }),
          },
          () => ({}),
        );
      },
    }),
  });
