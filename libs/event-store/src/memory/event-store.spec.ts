import { eventStoreConformance } from '../../conformance/event-store.conformance.ts';
import { createInMemoryEventStore } from '../index.ts';

eventStoreConformance('the store in memory', () =>
  Promise.resolve(
    createInMemoryEventStore({ upcasters: { Renamed: { 1: ({ old, ...rest }) => ({ ...rest, name: old }) } } }),
  ),
);
