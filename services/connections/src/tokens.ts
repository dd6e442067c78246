/** What the composition root provides, by name: explicit tokens need no decorator metadata. */
export const STORE = Symbol('event store');
export const OBSERVE = Symbol('what observing needs');
export const FOLLOW_UP = Symbol('what follow-ups need');
export const IMPORTS = Symbol('what imports need');
export const QUERIES = Symbol('queries of the read model');
export const READ_POSITION = Symbol('waiting for the read model');
export const SYSTEM_ID = Symbol('id of the installation');
