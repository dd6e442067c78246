import { compareWithReplay } from '@mooring/read-model';
import type { NotificationStory, PublishedFact, StoredFact } from '../facts/facts.ts';
import { readBus } from '../facts/read-bus.ts';
import { readLog, type LogContent } from '../facts/read-log.ts';
import { readStore, type StoreContent } from '../facts/read-store.ts';
import type { Services } from '../facts/services.ts';
import type { Component } from '../faults/fault.ts';
import type { Asking } from '../load/asked.ts';
import type { BusReaders } from '../load/bus-readers.ts';
import type { Listener } from '../load/listener.ts';
import type { BackDoors } from '../system/back-doors.ts';
import type { Installation } from '../system/installation.ts';
import { checkAsked } from './asked.ts';
import { checkListener, checkReaders } from './clients.ts';
import { findingsOf, type Finding } from './finding.ts';
import { checkProcesses } from './processes.ts';
import { checkBus, checkLog, checkNotifications, checkStore } from './stores.ts';

/** The reader whose only business are these checks. */
export const AUDITOR = 'auditor';

export interface Witnesses {
  readonly installation: Installation;
  readonly doors: BackDoors;
  readonly services: Services;
  readonly asking: Asking;
  readonly listener: Listener;
  readonly readers: BusReaders;
  readonly kills: ReadonlyMap<Component, number>;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Events stored, published ones, entries of the log. */
  readonly counts: { readonly stored: number; readonly published: number; readonly logged: number };
}

/** Compares everything with everything once. The system has to be quiet. */
export async function checkAll(witnesses: Witnesses): Promise<Verdict> {
  const { doors, services, asking, listener, readers, installation, kills } = witnesses;
  const store = await readStore(doors.store, services);
  const bus = await readBus(doors.busOf(AUDITOR), AUDITOR);
  const log = await readLog(doors.database('notifications'), services.notifications);
  const letters = await doors.deadLetters();
  const findings = [
    ...findingsOf('commands', checkAsked(asking.asked, store.events)),
    ...findingsOf('answers', (say) => asking.offences.forEach(say)),
    ...findingsOf('event store', checkStore(store.events)),
    ...findingsOf('event store and bus', checkBus(store.events, bus)),
    ...findingsOf('event log', checkLog(log.entries, bus)),
    ...findingsOf('notifications', checkNotifications(storiesOf(store, log))),
    ...findingsOf('live stream', checkListener(listener.messages, log.entries)),
    ...findingsOf('readers on the bus', checkReaders(readers, store.events)),
    ...findingsOf('dead letters', (say) => letters.forEach(say)),
    ...findingsOf('processes', checkProcesses(installation, kills)),
    ...(await checkReadModels(witnesses)),
  ];
  return { findings, counts: countsOf(store.events, bus, log) };
}

const countsOf = (events: readonly StoredFact[], bus: readonly PublishedFact[], log: LogContent) => ({
  stored: events.length,
  published: bus.length,
  logged: log.entries.length,
});

function storiesOf(store: StoreContent, log: LogContent): readonly NotificationStory[] {
  const ids = new Set([...store.notifications.keys(), ...log.expected.keys()]);
  return [...ids].map((id) => ({
    id,
    recorded: store.notifications.get(id) ?? [],
    expected: log.expected.get(id) ?? [],
  }));
}

/** Every table of every read model, against the same tables built again from the first event. */
async function checkReadModels({ doors, services }: Witnesses): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { service, projection } of services.projections) {
    const differences = await compareWithReplay({ db: doors.database(service), store: doors.store, projection });
    findings.push(
      ...findingsOf('read models', (say) => differences.forEach((difference) => say(`${service}: ${difference}`))),
    );
  }
  return findings;
}
