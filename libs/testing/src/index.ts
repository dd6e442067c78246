export { eventually, type EventuallyOptions } from './eventually.ts';
export { freePort } from '@mooring/engines';
export { startFaultyProxy, type FaultyProxy, type Way } from './faulty-proxy.ts';
export { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';
export type { Restartable } from './restartable.ts';
export { startTestNats, type TestNats, type TestNatsOptions } from './test-nats.ts';
export { startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.ts';
export { startTestEventStore, type TestEventStore, type TestEventStoreOptions } from './test-event-store.ts';
export { CHROMIUM_ARGUMENTS, findChromium } from './chromium.ts';
