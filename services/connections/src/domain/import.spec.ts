import { evolveImport, NO_IMPORT, requestImport, resolveContexts, type Import, type Resolution } from './import.ts';

const contexts = ['a', 'b', 'c'].map((context) => ({ context, connectionId: `connection-${context}` }));
const requested: Import = requestImport({ importId: 'import-1', origin: 'upload', contexts }, NO_IMPORT).reduce(
  evolveImport,
  NO_IMPORT,
);
const resolve = (state: Import, outcomes: Record<string, Resolution['outcome']>) =>
  resolveContexts(
    'import-1',
    new Map(Object.entries(outcomes).map(([context, outcome]) => [context, { outcome }])),
    state,
  );

describe('an import', () => {
  it('is requested once, however often it is asked for', () => {
    expect(requestImport({ importId: 'import-1', origin: 'upload', contexts }, requested)).toEqual([]);
  });

  it('completes in the same append as the last outcome, with the counts', () => {
    const first = resolve(requested, { a: 'registered', b: 'invalid' });
    expect(first.map(({ type }) => type)).toEqual(['ContextResolved', 'ContextResolved']);
    const last = resolve(first.reduce(evolveImport, requested), { c: 'registered' });
    expect(last.at(-1)).toEqual({
      type: 'ImportCompleted',
      data: { importId: 'import-1', outcomes: { registered: 2, invalid: 1 } },
    });
  });

  it('keeps the first outcome of a context, and knows nothing of contexts that are not in it', () => {
    const state = resolve(requested, { a: 'unreachable' }).reduce(evolveImport, requested);
    expect(resolve(state, { a: 'registered', z: 'registered' })).toEqual([]);
  });

  it('has no outcomes before it was requested and after it was completed', () => {
    expect(resolve(NO_IMPORT, { a: 'registered' })).toEqual([]);
    const completed = resolve(requested, { a: 'known', b: 'known', c: 'known' }).reduce(evolveImport, requested);
    expect(completed.status).toBe('completed');
    expect(resolve(completed, { a: 'registered' })).toEqual([]);
  });
});
