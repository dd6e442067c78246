export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export { migrate, type Migrations } from './migrate.ts';
export type { Projection } from './projection/projection.ts';
export { runProjection, type ProjectionOptions, type ProjectionStatus } from './projection/run.ts';
export { tablesServe } from './tables-serve.ts';
export { createProjectionProgress, type ProjectionProgress } from './projection/progress.ts';
export { compareWithReplay, type Comparison } from './projection/compare.ts';
export { withLease, type LeaseOptions, type LeaseStatus } from './lease/lease.ts';
export { decodeCursor, decodeKeys, encodeCursor, type CursorKey, type CursorValue } from './cursor.ts';
