import { createInMemoryEventStore, handleCommand, load, type EventStore } from '@mooring/event-store';
import { ok, randomUuid, refused } from '@mooring/kernel';
import { connections, imports } from '../aggregates.ts';
import type { Vault } from '../adapters/vault.ts';
import { decide, type ConnectionCommand } from '../domain/connection.decide.ts';
import { requestImport } from '../domain/import.ts';
import { createClaims } from './claims.ts';
import type { CredentialDelivery } from './credentials.ts';
import { enterContexts } from './enter-contexts.ts';
import { outcomeOf } from './follow-up.ts';
import { isNeeded } from './needed.ts';
import { onSeen } from './observe.ts';
import { createOutcomes } from './outcomes.ts';

const context = { correlationId: 'op', systemId: 'test' };
const vault: Vault = {
  keep: () => Promise.resolve(),
  open: () => Promise.resolve(undefined),
  assign: () => Promise.resolve(),
  erase: () => Promise.resolve(),
  list: () => Promise.resolve([]),
};

/** What an import with one context needs, over a store in memory; `forgotten` are the credentials it erased. */
function given() {
  const store = createInMemoryEventStore();
  const claims = createClaims(store);
  const forgotten: string[] = [];
  const credentials: CredentialDelivery = {
    deliver: () => Promise.resolve(),
    forget: (ids) => Promise.resolve(void forgotten.push(...ids)),
    reconcile: () => Promise.resolve(true),
  };
  const deps = { store, claims, credentials, outcomes: createOutcomes(store) };
  const cutOffDeps = { ...deps, outcomes: { record: () => Promise.reject(new Error('cut off')) } };
  const enter = async ({ accessId = randomUuid(), cutOff = false } = {}) => {
    const one = { importId: randomUuid(), connectionId: randomUuid(), credentialId: randomUuid(), accessId };
    const { importId, ...way } = one;
    const contexts = [{ context: 'c', server: 'https://c.test', fingerprint: 'f'.repeat(32), ...way }];
    await handleCommand(store, imports, importId, context, (state) =>
      ok(requestImport({ importId, origin: 'upload', contexts }, state)),
    );
    const again = (): Promise<void> => enterContexts(deps, importId, context);
    await (cutOff ? enterContexts(cutOffDeps, importId, context).catch(() => undefined) : again());
    return { ...one, again };
  };
  return { store, claims, forgotten, enter };
}

const run = (store: EventStore, id: string, command: ConnectionCommand) =>
  handleCommand(store, connections, id, context, (state) => decide(command, state));

const stateOf = async (store: EventStore, id: string) => {
  const { state } = await load(store, connections, id);
  if (state.status === 'unknown') throw new Error(`${id} is unknown`);
  return state;
};

const seen = (connectionId: string, clusterUid = 'uid') =>
  ({
    ...{ connectionId, clusterUid, credentialId: randomUuid(), message: 'm', summary: 's' },
    observation: { decision: 1, epoch: 1, count: 1 },
  }) as const;

describe('an import that is handled again', () => {
  it('leaves the credential alone that has become the winner’s', async () => {
    const { store, claims, forgotten, enter } = given();
    const [winner, loser] = [await enter(), await enter()];
    await onSeen({ store, claims, vault }, seen(winner.connectionId), context);
    await onSeen({ store, claims, vault }, seen(loser.connectionId), context);
    expect((await stateOf(store, loser.connectionId)).supersededBy).toBe(winner.connectionId);
    await loser.again();
    expect(forgotten).toEqual([]);
    expect((await stateOf(store, winner.connectionId)).credentials.map(({ id }) => id)).toEqual([
      loser.credentialId,
      winner.credentialId,
    ]);
  });

  it('has its credential until its outcome is recorded: the access that was taken may be free the next time', async () => {
    const { store, claims, forgotten, enter } = given();
    const holder = await enter();
    const late = await enter({ accessId: holder.accessId, cutOff: true });
    expect(forgotten).toEqual([]);
    await claims.releaseAccess(holder.accessId, holder.connectionId, context);
    await late.again();
    expect((await stateOf(store, late.connectionId)).credentials.map(({ id }) => id)).toEqual([late.credentialId]);
    const known = await enter({ accessId: holder.accessId });
    expect(forgotten).toEqual([known.credentialId]);
  });

  it('does not disturb a connection that is being looked for', async () => {
    const { store, enter } = given();
    const one = await enter();
    await one.again();
    expect(await stateOf(store, one.connectionId)).toMatchObject({ decision: 1, state: 'not_found' });
  });
});

describe('a cluster that was seen', () => {
  it('is another connection’s: the outcome says that the credential became that one’s, and which one that is', async () => {
    const { store, claims, enter } = given();
    const [winner, loser] = [await enter(), await enter()];
    await onSeen({ store, claims, vault }, seen(winner.connectionId), context);
    await onSeen({ store, claims, vault }, seen(loser.connectionId), context);
    const { credentials } = await stateOf(store, winner.connectionId);
    expect(credentials[0]).toMatchObject({ id: loser.credentialId });
    expect(outcomeOf(await stateOf(store, loser.connectionId))).toEqual({
      ...{ outcome: 'superseded', connectionId: winner.connectionId },
      reason: {
        code: 'superseded',
        message:
          'Another connection, c, stands for the same cluster: this credential was attached to it as a further way in. Of several the one is used that may read most.',
        suggestedRemediation: `Look at connection ${winner.connectionId}: this one has ended, and what happens to the cluster is told there.`,
      },
    });
  });

  it('is tried again when its connection was deleted at that moment: nobody gives way to what is gone', async () => {
    const { store, claims, enter } = given();
    const [winner, loser] = [await enter(), await enter()];
    await onSeen({ store, claims, vault }, seen(winner.connectionId), context);
    await run(store, winner.connectionId, { kind: 'delete', by: 'person' });
    const late = { ...claims, claimCluster: () => Promise.resolve(refused({ heldBy: winner.connectionId })) };
    const tried = onSeen({ store, claims: late, vault }, seen(loser.connectionId), context);
    await expect(tried).rejects.toMatchObject({ code: 'conflict', retryCanHelp: true });
    await onSeen({ store, claims, vault }, seen(loser.connectionId), context);
    expect(await stateOf(store, loser.connectionId)).toMatchObject({ state: 'registered', clusterUid: 'uid' });
  });
});

describe('a credential is needed', () => {
  it('while its context has no outcome, and while a connection names it that is not deleted', async () => {
    const { store, enter } = given();
    const { importId, connectionId, credentialId: id } = await enter();
    const needed = (changes = {}) => isNeeded(store, { id, connectionId, importId, ...changes });
    expect(await needed()).toBe(true);
    expect(await needed({ importId: randomUuid(), connectionId: randomUuid() })).toBe(false);
    expect(await needed({ connectionId: randomUuid() })).toBe(true);
    expect(await needed({ importId: undefined })).toBe(true);
    await run(store, connectionId, { kind: 'delete', by: 'person' });
    expect(await needed({ importId: undefined })).toBe(false);
  });
});
