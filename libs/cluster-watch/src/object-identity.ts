import { asWord, at, type JsonObject } from './json.ts';

/** Who an object is, as far as that can be told. Each is at most 253 characters, whatever the object says. */
export interface ObjectIdentity {
  readonly uid?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** As long as Kubernetes allows names to be. */
const CHARACTERS_MAX = 253;

/** What is cut off of a text keeps all of it in memory, so what is too long is copied. */
function word(value: unknown): string | undefined {
  const text = asWord(value);
  return text === undefined || text.length <= CHARACTERS_MAX
    ? text
    : Buffer.from(text.slice(0, CHARACTERS_MAX)).toString();
}

export const identityOf = (object: JsonObject | undefined): ObjectIdentity => ({
  uid: word(at(object, 'metadata', 'uid')),
  namespace: word(at(object, 'metadata', 'namespace')),
  name: word(at(object, 'metadata', 'name')),
});

const TOKEN = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s"{}[\]:,]+)/y;

function textOf(token: string): string | undefined {
  try {
    return word(JSON.parse(token));
  } catch {
    return undefined;
  }
}

const isOf = (path: readonly (string | undefined)[]): boolean =>
  path.at(-2) === 'metadata' && (path.length === 2 || (path.length === 3 && path[0] === 'object'));

/**
 * The same of an object, or of the line of a watch with it, of which only the start is there. Only what the metadata itself says counts: API
 * servers sort the fields of custom resources, so the uid of an owner comes before the object's own.
 */
export function identityInPrefix(prefix: string): ObjectIdentity {
  const found: { uid?: string | undefined; namespace?: string | undefined; name?: string | undefined } = {};
  const path: (string | undefined)[] = [];
  const token = new RegExp(TOKEN);
  let before = '';
  for (let match = token.exec(prefix); match !== null; match = token.exec(prefix)) {
    const now = match[1] ?? '';
    if (now === '{' || now === '[') path.push(undefined);
    else if (now === '}' || now === ']') path.pop();
    else if (now === ':') path[path.length - 1] = textOf(before);
    else if (before === ':' && now.startsWith('"') && isOf(path)) {
      const key = path.at(-1);
      if (key === 'uid' || key === 'namespace' || key === 'name') found[key] ??= textOf(now);
    }
    before = now;
  }
  return found;
}
