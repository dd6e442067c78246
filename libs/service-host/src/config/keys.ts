import { defineKey, type ConfigKey, type KeyOptions, type Optional, type WithDefault } from './spec.ts';
import { Secret } from './secret.ts';

/** A text; `pattern` must match all of it when given. */
export function text(options: Optional & { pattern?: RegExp }): ConfigKey<string | undefined>;
export function text(options: WithDefault<string> & { pattern?: RegExp }): ConfigKey<string>;
export function text(options: (WithDefault<string> | Optional) & { pattern?: RegExp }): ConfigKey<string | undefined> {
  const { pattern } = options;
  return defineKey(options, {
    allowed: pattern === undefined ? 'text' : `text matching ${pattern.source}`,
    parse: (raw) => {
      if (pattern !== undefined && !pattern.test(raw)) throw new Error(`must match ${pattern.source}`);
      return raw;
    },
  });
}

function parseInteger(raw: string, min: number, max: number): number {
  const value = Number(raw);
  if (!/^-?[0-9]+$/.test(raw) || !Number.isSafeInteger(value) || value < min || value > max)
    throw new Error(`"${raw}" is not an integer in ${min}..${max}`);
  return value;
}

/** An integer in [min, max]. */
export function integer(options: Optional & { min: number; max: number }): ConfigKey<number | undefined>;
export function integer(options: WithDefault<number> & { min: number; max: number }): ConfigKey<number>;
export function integer(
  options: (WithDefault<number> | Optional) & { min: number; max: number },
): ConfigKey<number | undefined> {
  const { min, max } = options;
  return defineKey(options, { allowed: `integer ${min}..${max}`, parse: (raw) => parseInteger(raw, min, max) });
}

/** `true` or `false`. */
export function flag(options: WithDefault<boolean>): ConfigKey<boolean> {
  return defineKey(options, {
    allowed: 'true or false',
    parse: (raw) => {
      if (raw !== 'true' && raw !== 'false') throw new Error(`"${raw}" is neither true nor false`);
      return raw === 'true';
    },
  }) as ConfigKey<boolean>;
}

/** One of a closed set of words. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  options: WithDefault<T[number]> & { values: T },
): ConfigKey<T[number]> {
  const { values } = options;
  return defineKey<T[number]>(options, {
    allowed: `one of ${values.join(', ')}`,
    parse: (raw) => {
      const value = values.find((candidate) => candidate === raw);
      if (value === undefined) throw new Error(`"${raw}" is not one of ${values.join(', ')}`);
      return value;
    },
  }) as ConfigKey<T[number]>;
}

/** Texts separated by commas; blanks around them are dropped, empty ones left out. */
export function list(options: WithDefault<readonly string[]>): ConfigKey<readonly string[]> {
  return defineKey<readonly string[]>(options, {
    allowed: 'texts separated by commas',
    parse: (raw) =>
      raw
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    show: (value) => value.join(','),
  }) as ConfigKey<readonly string[]>;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function parseDurationMs(raw: string): number {
  const [, amount, unit = 'ms'] = /^([0-9]+)(ms|s|m|h)?$/.exec(raw) ?? [];
  if (amount === undefined) throw new Error(`"${raw}" is not a duration like 250ms, 10s, 5m or 1h`);
  return Number(amount) * (UNITS_MS[unit] ?? 1);
}

/** A duration in whole milliseconds within [minMs, maxMs]; written `250ms`, `10s`, `5m`, `1h` or as bare milliseconds. */
export function durationMs(options: WithDefault<number> & { minMs: number; maxMs: number }): ConfigKey<number> {
  const { minMs, maxMs } = options;
  return defineKey(options, {
    allowed: `duration ${minMs}ms..${maxMs}ms (250ms, 10s, 5m, 1h)`,
    show: (value) => `${value}ms`,
    parse: (raw) => {
      const value = parseDurationMs(raw);
      if (value < minMs || value > maxMs) throw new Error(`"${raw}" is not within ${minMs}ms..${maxMs}ms`);
      return value;
    },
  }) as ConfigKey<number>;
}

interface UrlOptions {
  /** With the colon: `['http:', 'https:']`. */
  readonly protocols: readonly [string, ...string[]];
  /** The URL may hold a password: never shown, and `<env>_FILE` may name a file that holds it instead. */
  readonly credentials?: boolean;
}

/** A URL of one of the protocols, as text without a trailing slash on an empty path. */
export function url(options: Optional & UrlOptions): ConfigKey<string | undefined>;
export function url(options: WithDefault<string> & UrlOptions): ConfigKey<string>;
export function url(options: (WithDefault<string> | Optional) & UrlOptions): ConfigKey<string | undefined> {
  const { protocols, credentials = false } = options;
  return defineKey(options, {
    allowed: `URL (${protocols.join(' ')})`,
    secret: credentials,
    ...(credentials ? { fileEnv: `${options.env}_FILE` } : {}),
    parse: (raw) => {
      const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
      const shown = credentials ? 'the value' : `"${raw}"`;
      if (parsed === undefined || !protocols.includes(parsed.protocol))
        throw new Error(`${shown} is not a URL with ${protocols.join(' or ')}`);
      return parsed.pathname === '/' && parsed.search === '' ? raw.replace(/\/$/, '') : raw;
    },
  });
}

/** The name of a file or folder; whether it exists is for its reader to find out. */
export function path(options: Optional): ConfigKey<string | undefined>;
export function path(options: WithDefault<string>): ConfigKey<string>;
export function path(options: WithDefault<string> | Optional): ConfigKey<string | undefined> {
  return defineKey(options, { allowed: 'path', parse: (raw) => raw });
}

interface SecretOptions extends KeyOptions {
  readonly minBytes?: number;
  /** Refuse a file that its group or others may read or write (not checked on Windows). */
  readonly ownerOnly?: boolean;
}

/**
 * A secret: the variable is `<env>_FILE` and names the file that holds it, since environments are shown by process lists,
 * crash reports and container tools. One line break at the end is dropped; fewer than `minBytes` (default 1) is an error.
 */
export function secret(options: SecretOptions & { readonly optional: true }): ConfigKey<Secret | undefined>;
export function secret(options: SecretOptions & { readonly optional?: never }): ConfigKey<Secret>;
export function secret(options: SecretOptions & { readonly optional?: true }): ConfigKey<Secret | undefined> {
  const { minBytes = 1, ownerOnly = false, env, description, optional } = options;
  const common = { env: `${env}_FILE`, description };
  return defineKey<Secret>(optional ? { ...common, optional } : common, {
    allowed: `file holding a secret of at least ${minBytes} ${minBytes === 1 ? 'byte' : 'bytes'}`,
    secret: true,
    fromFile: true,
    ownerOnly,
    parse: (content) => {
      if (Buffer.byteLength(content) < minBytes) throw new Error(`the file holds fewer than ${minBytes} bytes`);
      return new Secret(content);
    },
  });
}
