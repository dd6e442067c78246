import type { ExpectedRevision } from './port.ts';

/** The revision of an aggregate that has no events yet. */
export const NOTHING_RECORDED = -1n;

/** The revision to expect when appending after `revision`, which may be {@link NOTHING_RECORDED}. */
export const expectedAfter = (revision: bigint): ExpectedRevision =>
  revision === NOTHING_RECORDED ? 'no_stream' : revision;

/** The revision that the first event appended under this expectation gets. */
export const firstRevision = (expected: ExpectedRevision): bigint => (expected === 'no_stream' ? 0n : expected + 1n);
