/** Where a key's value comes from and what it may be. Made by `text`, `integer`, `url` and their like. */
export interface ConfigKey<T> {
  /** The environment variable; `MOORING_…` or `<SERVICE>_…`. A key of a secret has the suffix `_FILE` and names a file. */
  readonly env: string;
  readonly description: string;
  /** What is allowed, for people: `integer 1..65535`. */
  readonly allowed: string;
  /** The default as a person would write it; absent: the key is required, or optional. */
  readonly defaultText?: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** A second variable that may carry the value in a file, exclusive with the first. */
  readonly fileEnv?: string;
  /** The variable names a file; `parse` gets what it holds, without one line break at the end. */
  readonly fromFile: boolean;
  /** The file must not be readable by others than its owner. */
  readonly ownerOnly: boolean;
  /** Reads the variable's text. Throws an Error whose message completes "KEY: …"; never with the value of a secret in it. */
  readonly parse: (raw: string) => T;
  readonly fallback: () => T;
}

/** A service's configuration: one key per property. */
export type ConfigSpec = Readonly<Record<string, ConfigKey<unknown>>>;

export type ConfigOf<Spec extends ConfigSpec> = {
  readonly [K in keyof Spec]: Spec[K] extends ConfigKey<infer T> ? T : never;
};

export interface KeyOptions {
  readonly env: string;
  readonly description: string;
}
/** `default`: used when the variable is unset or empty. `optional: true`: then `undefined`. Neither: required. */
export type WithDefault<T> = KeyOptions & { readonly default?: T; readonly optional?: never };
export type Optional = KeyOptions & { readonly default?: never; readonly optional: true };

export interface KeyKind<T> {
  readonly allowed: string;
  readonly parse: (raw: string) => T;
  readonly show?: (value: T) => string;
  readonly secret?: boolean;
  readonly fromFile?: boolean;
  readonly ownerOnly?: boolean;
  readonly fileEnv?: string;
}

/** A key of one kind; the kinds are in keys.ts. */
export function defineKey<T>(options: WithDefault<T> | Optional, kind: KeyKind<T>): ConfigKey<T | undefined> {
  const value = options.default;
  const show = kind.show ?? String;
  return {
    env: options.env,
    description: options.description,
    allowed: kind.allowed,
    ...(value === undefined ? {} : { defaultText: show(value) }),
    required: value === undefined && options.optional !== true,
    secret: kind.secret ?? false,
    fromFile: kind.fromFile ?? false,
    ownerOnly: kind.ownerOnly ?? false,
    ...(kind.fileEnv === undefined ? {} : { fileEnv: kind.fileEnv }),
    parse: kind.parse,
    fallback: () => value,
  };
}
