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
