import { messageOf, withTimeout } from '@mooring/kernel';

/** What one part of a service says about itself. */
export interface ReadinessState {
  readonly ready: boolean;
  /** For a person: what is missing, or how far behind. No secrets: `/readyz` answers without credentials. */
  readonly message?: string;
}

/**
 * One part whose state decides whether the service is ready. `check` is called at every request of `/readyz`, so it reads
 * a state that is already known rather than asking the world; a throw or no answer within 2 s counts as not ready.
 */
export interface ReadinessContributor {
  readonly name: string;
  check(): ReadinessState | Promise<ReadinessState>;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly contributors: readonly (ReadinessState & { readonly name: string })[];
}

const CHECK_TIMEOUT_MS = 2_000;

async function stateOf(contributor: ReadinessContributor): Promise<ReadinessReport['contributors'][number]> {
  const { name } = contributor;
  try {
    const { ready, message } = await withTimeout(
      CHECK_TIMEOUT_MS,
      'timeout',
      name,
      async () => await contributor.check(),
    );
    return { name, ready, ...(message === undefined ? {} : { message }) };
  } catch (thrown) {
    return { name, ready: false, message: messageOf(thrown) };
  }
}

/** Asks all contributors at once. Never throws. */
export async function readinessReport(contributors: readonly ReadinessContributor[]): Promise<ReadinessReport> {
  const states = await Promise.all(contributors.map(stateOf));
  return { ready: states.every(({ ready }) => ready), contributors: states };
}
