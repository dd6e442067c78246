import { Failure } from '@mooring/kernel';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to run at all. Its configuration is given by the start, whole; nothing else comes from outside. */
const OF_THE_SYSTEM = [
  ...['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR'],
  ...['SystemRoot', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'],
  // Whoever starts everything again and again, as our tests do, may have modules compiled once.
  'NODE_COMPILE_CACHE',
];

export const systemEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    OF_THE_SYSTEM.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

const PREFIX = 'MOORING_UP_';

/**
 * The settings given from outside, by service: `MOORING_UP_DISCOVERY_LOST_WINDOW` is `DISCOVERY_LOST_WINDOW` for discovery. Throws a
 * Failure `invalid` for one that is for no service.
 */
export function passedOn(
  environment: Environment,
  services: readonly string[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const given: Record<string, Record<string, string>> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.startsWith(PREFIX)) continue;
    const key = name.slice(PREFIX.length);
    const service = services.find((candidate) => key.startsWith(`${candidate.toUpperCase()}_`));
    if (service === undefined) {
      const allowed = services.map((candidate) => `${PREFIX}${candidate.toUpperCase()}_…`).join(', ');
      throw new Failure('invalid', `the variable ${name} is for no service: allowed are ${allowed}`);
    }
    (given[service] ??= {})[key] = value;
  }
  return given;
}
