import type { Reason } from '@mooring/contracts';

/** Why something is as it is and what to do about it. */
export const ReasonText = ({ reason }: { reason: Reason }) => (
  <div class="reason">
    <p>{reason.message}</p>
    {reason.suggestedRemediation !== undefined && (
      <p class="remedy">
        <span class="remedy-label">What to do:</span> {reason.suggestedRemediation}
      </p>
    )}
  </div>
);
