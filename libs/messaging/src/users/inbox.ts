/**
 * Where a service or tool gets its answers. Not under `_INBOX`, which ordinary clients of outside readers use and may
 * therefore listen to.
 */
export const inboxPrefixOf = (name: string): string => `_INBOX_${name}`;
