export const STORE = Symbol('event store');
export const EVENT_LOG = Symbol('event log');
export const QUERIES = Symbol('queries of the read model');
export const SYSTEM_ID = Symbol('id of the installation');
