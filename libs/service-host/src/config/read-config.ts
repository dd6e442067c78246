import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '@mooring/kernel';
import { nearest } from './nearest.ts';
import type { ConfigKey, ConfigOf, ConfigSpec } from './spec.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with a configuration, one finding per line: key, what is wrong, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(`the configuration cannot be used:\n${findings.map((finding) => `  - ${finding}`).join('\n')}`);
    this.findings = findings;
  }
}

const variablesOf = (key: ConfigKey<unknown>): readonly string[] =>
  key.fileEnv === undefined ? [key.env] : [key.env, key.fileEnv];

const OTHERS = 0o077;

function checkOwnerOnly(file: string): void {
  const mode = process.platform === 'win32' ? 0 : statSync(file).mode & OTHERS;
  if (mode !== 0) throw new Error(`others may read or change it; run: chmod 600 "${file}"`);
}

function readFileText(file: string, ownerOnly: boolean): string {
  try {
    if (ownerOnly) checkOwnerOnly(file);
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (thrown) {
    throw new Error(`the file "${file}" cannot be used: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** The text to parse, from the variable or from the file it names; `undefined` when neither is set (empty counts as unset). */
function rawOf(key: ConfigKey<unknown>, env: Environment): string | undefined {
  const direct = env[key.env] || undefined;
  const file = key.fromFile ? direct : (key.fileEnv && env[key.fileEnv]) || undefined;
  if (!key.fromFile && direct !== undefined && file !== undefined)
    throw new Error(`set either it or ${key.fileEnv ?? ''}, not both`);
  return file === undefined ? direct : readFileText(file, key.ownerOnly);
}

function unknownFindings(spec: ConfigSpec, env: Environment, prefixes: readonly string[]): string[] {
  const known = Object.values(spec).flatMap(variablesOf);
  return Object.keys(env)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `${name}: no such key${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}

/**
 * Reads the whole configuration once. Throws one {@link ConfigError} with all findings: wrong and missing values, unreadable
 * files, and variables that start with one of `prefixes` (`MOORING_`, `GATEWAY_`) but are no key. Pure but for the files of secrets.
 */
export function readConfig<Spec extends ConfigSpec>(
  spec: Spec,
  env: Environment,
  prefixes: readonly string[] = [],
): ConfigOf<Spec> {
  const findings: string[] = [];
  const values = Object.entries(spec).map(([name, key]): readonly [string, unknown] => {
    try {
      const raw = rawOf(key, env);
      if (raw !== undefined) return [name, key.parse(raw)];
      if (key.required) throw new Error('is not set');
      return [name, key.fallback()];
    } catch (thrown) {
      findings.push(`${key.env}: ${messageOf(thrown)} (allowed: ${key.allowed})`);
      return [name, undefined];
    }
  });
  findings.push(...unknownFindings(spec, env, prefixes));
  if (findings.length > 0) throw new ConfigError(findings);
  return Object.fromEntries(values) as ConfigOf<Spec>;
}

/** One key of a configuration, for people and for tests of what sets it (compose files, READMEs). */
export interface ConfigDescription {
  readonly env: string;
  /** Every variable that may carry the value. */
  readonly variables: readonly string[];
  readonly description: string;
  readonly allowed: string;
  readonly default: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
}

/** The table of a configuration's keys, in the order of declaration. */
export const describeConfig = (spec: ConfigSpec): readonly ConfigDescription[] =>
  Object.values(spec).map((key) => ({
    env: key.env,
    variables: variablesOf(key),
    description: key.description,
    allowed: key.allowed,
    default: key.defaultText,
    required: key.required,
    secret: key.secret,
  }));

/** {@link describeConfig} as a Markdown table; a README holds exactly this, and a test compares. */
export function configTable(spec: ConfigSpec): string {
  const rows = describeConfig(spec).map(({ variables, description, allowed, required, ...row }) => [
    variables.map((name) => `\`${name}\``).join(' or '),
    allowed,
    row.default === undefined ? (required ? 'required' : 'none') : `\`${row.default}\``,
    description,
  ]);
  const cells = [['key', 'allowed', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return cells.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}
