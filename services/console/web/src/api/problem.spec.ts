import { toProblem } from './problem.ts';

describe('a problem', () => {
  it('is shown with its findings, what is possible and its trace', () => {
    const body = {
      title: 'Not possible in this state',
      detail: 'prod-eu is deleted.',
      errors: [{ parameter: 'sort', detail: 'is not one of name, state' }, { pointer: '/a', detail: 'is missing' }, 7],
      allowedActions: ['reconnect', 'delete'],
      traceId: 'abc',
    };
    expect(toProblem(409, body)).toEqual({
      status: 409,
      title: 'Not possible in this state',
      detail: 'prod-eu is deleted.',
      findings: ['sort: is not one of name, state', '/a: is missing', 'Possible now: reconnect, delete.'],
      traceId: 'abc',
    });
  });

  it.each([undefined, null, 'text', [], { title: 7, errors: 'x' }])('of the body %p is told by its status', (body) => {
    expect(toProblem(503, body, 'trace')).toEqual({
      status: 503,
      title: 'A service of Mooring is not ready',
      findings: [],
      traceId: 'trace',
    });
    expect(toProblem(418, body).title).toBe('Mooring answered 418');
  });
});
