import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { coerceParameters } from './coerce.ts';
import { createCheck } from './findings.ts';
import { createRouteTable } from './route-table.ts';
import { strictSchema } from './schemas.ts';

const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 5 })),
  deep: Type.Optional(Type.Boolean()),
  tag: Type.Optional(Type.Array(Type.Integer())),
  name: Type.Optional(Type.String()),
});

describe('coerceParameters', () => {
  it.each([
    [
      { limit: '10', deep: 'true' },
      { limit: 10, deep: true },
    ],
    [{ deep: 'false' }, { limit: 5, deep: false }],
    [{ tag: '1' }, { limit: 5, tag: [1] }],
    [{ tag: ['1', '2'] }, { limit: 5, tag: [1, 2] }],
    [{ name: '10' }, { limit: 5, name: '10' }],
  ])('reads %j', (given, expected) => expect(coerceParameters(Query, given)).toEqual(expected));

  it.each(['', ' 1', '1e3', '0x10', '01', '1.0', 'one', '12345678901234567890'])('leaves limit=%j as text', (limit) =>
    expect(coerceParameters(Query, { limit })).toEqual({ limit }),
  );

  it('takes names of the language for what they are', () => {
    const given = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, unknown>;
    expect(createCheck(strictSchema(Query))(coerceParameters(Query, given))).toHaveLength(2);
  });
});

describe('strictSchema', () => {
  const Nested = Type.Object({
    a: Type.Object({ b: Type.Integer() }),
    list: Type.Array(Type.Object({ c: Type.String() })),
  });

  it('refuses undeclared members at every depth, by name', () => {
    const value = { a: { b: 1, x: 1 }, list: [{ c: '', 'y/z': 1 }], top: 1 };
    expect(createCheck(strictSchema(Nested))(value).map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/top', '/a/x', '/list/0/y~1z']),
    );
  });

  it('leaves open what says so, maps, and the parts of an intersection', () => {
    const Open = Type.Object({
      any: Type.Object({}, { additionalProperties: true }),
      map: Type.Record(Type.String(), Type.Integer()),
    });
    expect(createCheck(strictSchema(Open))({ any: { x: 1 }, map: { y: 2 } })).toEqual([]);
    const Both = Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]);
    expect(createCheck(strictSchema(Both))({ a: 1, b: 2 })).toEqual([]);
  });

  it('does not take members for keywords', () => {
    const Tricky = Type.Object({ properties: Type.Object({ required: Type.String() }), default: Type.Integer() });
    expect(createCheck(strictSchema(Tricky))({ properties: { required: 'x' }, default: 1 })).toEqual([]);
  });
});

describe('findings', () => {
  const check = createCheck(
    Type.Object({
      size: Type.Union([Type.Literal('s'), Type.Literal('l')]),
      kind: Type.String({ enum: ['a', 'b'] }),
      id: Type.String({ format: 'uuid' }),
    }),
  );
  it('say what is allowed, once for each place', () =>
    expect(check({ size: 'x', kind: 'c', id: 'no' })).toEqual([
      { pointer: '/size', detail: 'must be one of s, l' },
      { pointer: '/kind', detail: 'must be one of a, b' },
      { pointer: '/id', detail: 'must match format "uuid"' },
    ]));

  it('name what is missing', () =>
    expect(check({ size: 's' })).toEqual([
      { pointer: '/kind', detail: 'is missing' },
      { pointer: '/id', detail: 'is missing' },
    ]));

  it('are never none for what does not fit, and at most twenty', () => {
    const undeclared = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x${index}`, 1]));
    const { length } = createCheck(strictSchema(Type.Object({})))(undeclared);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(20);
  });
});

describe('the route table', () => {
  const table = createRouteTable();
  table.add('GET', '/a/:id');
  table.add(['POST', 'PUT'], '/a/:id');
  table.add('GET', '/files/*');
  it.each([
    ['/a/1', ['GET', 'POST', 'PUT']],
    ['/a/', []],
    ['/a/1/b', []],
    ['/files/x/y', ['GET']],
    ['/files', []],
  ])('knows the methods of %s', (path, methods) => expect(table.allowedMethods(path)).toEqual(methods));
});
