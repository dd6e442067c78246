import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api/problem.ts';
import { Copyable } from './copyable.tsx';
import { Mark } from './mark.tsx';

export const ProblemText = ({ problem }: { problem: ApiProblem }) => (
  <>
    <strong>{problem.title}</strong>
    {problem.status === 0 ? '' : ` (${problem.status})`}
    {problem.detail === undefined ? '.' : `: ${problem.detail}`}
    {problem.findings.length > 0 && (
      <ul class="findings">
        {problem.findings.map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
    )}
    {problem.traceId !== undefined && (
      <div class="muted">
        Trace <Copyable text={problem.traceId} label="trace id" shown={problem.traceId.slice(0, 8)} />
      </div>
    )}
  </>
);

/** What went wrong with something that was to be shown, and a way on. */
export const ProblemNote = ({ problem, children }: { problem: ApiProblem; children?: ComponentChildren }) => (
  <div class="note tone-bad" role="alert">
    <Mark shape="triangle" tone="bad" />
    <div>
      <ProblemText problem={problem} />
      {children}
    </div>
  </div>
);
