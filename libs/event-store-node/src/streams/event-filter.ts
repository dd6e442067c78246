/** Which events of `$all` a reader wants. */
export interface EventFilter {
  readonly on: 'stream' | 'type';
  matches(text: string): boolean;
}

/** Streams of the server's own that `$all` never shows, filter or not. */
const HIDDEN = /^(?:\$epoch-information|\$persistentsubscription-\$all::.*-(?:checkpoint|parked))$/su;

export const isHiddenStream = (stream: string): boolean => stream.startsWith('$') && HIDDEN.test(stream);

export const prefixFilter = (on: EventFilter['on'], prefixes: readonly string[]): EventFilter => ({
  on,
  matches: (text) => prefixes.some((prefix) => text.startsWith(prefix)),
});

/**
 * A filter by a regular expression in .NET's dialect as far as JavaScript shares it; inline flags at the start, `(?i)`, are
 * translated. Nothing if the expression does not parse.
 */
export function expressionFilter(on: EventFilter['on'], source: string): EventFilter | undefined {
  const inline = /^\(\?([ims]+)\)/u.exec(source);
  const body = inline === null ? source : source.slice(inline[0].length);
  // .NET's `s` and `i` mean what they mean here; `m` too.
  const flags = [...new Set(inline?.[1] ?? '')].join('');
  const expression = compile(body, `${flags}u`) ?? compile(body, flags);
  return expression === undefined ? undefined : { on, matches: (text) => expression.test(text) };
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
