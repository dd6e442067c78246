/** Escapes that JSON text has for U+0000 and for halves of surrogate pairs; pairs of backslashes are passed over. */
const UNSTORABLE = /\\\\|\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** JSON that PostgreSQL stores and every consumer takes: neither has U+0000 or halves of surrogate pairs, which a cluster may well send. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(UNSTORABLE, (found) => (found === '\\\\' ? found : '\\ufffd'));
