export { openDatabase, type Database, type DatabaseOptions } from './database.ts';
export { migrate, type Migrations } from './migrate.ts';
export { runProjection, type Projection, type ProjectionOptions, type ProjectionStatus } from './projection.ts';
export { createProjectionProgress, type ProjectionProgress } from './progress.ts';
export { compareWithReplay } from './compare.ts';
export { withLease, type LeaseOptions } from './lease.ts';
export { decodeCursor, encodeCursor, type CursorValue } from './cursor.ts';
