import { parse } from 'yaml';

/** One service of a compose file, as far as the checks look. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile?: string };
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes?: Readonly<Record<string, object>>;
}

/** `${NAME:-default}` becomes its default and `$$` one `$`, as when nothing is set outside. */
const interpolate = (text: string): string =>
  text.replaceAll(
    /\$(?:(\$)|\{[A-Z_]+:-([^}]*)\})/g,
    (_all, dollar?: string, fallback?: string) => dollar ?? fallback ?? '',
  );

/** The text as compose reads it: aliases and merge keys resolved, variables at their defaults. What it holds is for the schema to find out. */
export const parseCompose = (text: string): unknown =>
  parse(interpolate(text), { merge: true, maxAliasCount: 1_000 }) as unknown;
