import { createInMemoryEventStore, handleCommand, load, type EventStore } from '@mooring/event-store';
import { ok, randomUuid } from '@mooring/kernel';
import { imports } from '../aggregates.ts';
import { requestImport, type Resolution } from '../domain/import.ts';
import { createOutcomes } from './outcomes.ts';

const context = { correlationId: 'op', systemId: 'test' };
const unreachable: Resolution = { outcome: 'unreachable' };

async function given(contexts: number) {
  const store = createInMemoryEventStore();
  const importId = randomUuid();
  const names = Array.from({ length: contexts }, (_none, index) => `c${index}`);
  const recorded = names.map((name) => ({ context: name, connectionId: randomUuid() }));
  await handleCommand(store, imports, importId, context, (state) =>
    ok(requestImport({ importId, origin: 'upload', contexts: recorded }, state)),
  );
  let appends = 0;
  let failing = false;
  const counting: EventStore = {
    ...store,
    append: (...given) => {
      appends += 1;
      return failing ? Promise.reject(new Error('away')) : store.append(...given);
    },
  };
  return {
    names,
    outcomes: createOutcomes(counting),
    importId,
    appends: () => appends,
    fail: (now: boolean) => void (failing = now),
    state: async () => (await load(store, imports, importId)).state,
  };
}

describe('outcomes of contexts', () => {
  it('that come at once are recorded together, each once, with the completion', async () => {
    const { names, outcomes, importId, appends, state } = await given(250);
    await Promise.all(names.map((name) => outcomes.record(importId, new Map([[name, unreachable]]), context)));
    expect(await state()).toMatchObject({ status: 'completed' });
    expect(Object.keys((await state()).resolutions)).toEqual(names);
    expect(appends()).toBe(3);
  });

  it('are not taken for recorded when the append they were in failed, and can be tried again', async () => {
    const { names, outcomes, importId, fail, state } = await given(3);
    const recordAll = () =>
      Promise.allSettled(names.map((name) => outcomes.record(importId, new Map([[name, unreachable]]), context)));
    fail(true);
    expect((await recordAll()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    fail(false);
    expect((await recordAll()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await state()).toMatchObject({ status: 'completed' });
  });
});
