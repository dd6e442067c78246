import type { ImportView } from '@mooring/contracts';
import { Chip } from '../components/mark.tsx';
import { Moment } from '../components/moment.tsx';
import { ReasonText } from '../components/reason-text.tsx';
import { outcomeLook, progressOf } from '../model/import-outcomes.ts';
import { connectionHash } from '../model/route.ts';

/** What became of each context of one kubeconfig. */
export const ImportOutcomes = ({ view }: { view: ImportView }) => (
  <section aria-labelledby={`import-${view.id}`}>
    <div class="section-head">
      <h2 id={`import-${view.id}`}>
        Kubeconfig {view.origin === 'startup' ? 'given at start' : 'handed in'} <Moment time={view.requestedAt} />
      </h2>
      <p class="muted" role="status">
        {progressOf(view.contexts)}
      </p>
    </div>
    <table class="outcomes">
      <caption class="for-readers">Contexts and their outcomes</caption>
      <thead>
        <tr>
          <th scope="col">Context</th>
          <th scope="col">Outcome</th>
          <th scope="col">Reason and what to do</th>
        </tr>
      </thead>
      <tbody>
        {view.contexts.map(({ context, outcome, connectionId, server, reason }, index) => {
          const { shape, tone, label } = outcomeLook(outcome);
          return (
            <tr key={index}>
              <th scope="row">
                {connectionId === undefined ? context : <a href={connectionHash(connectionId)}>{context}</a>}
                {server !== undefined && <span class="server">{server}</span>}
              </th>
              <td>
                <Chip shape={shape} tone={tone} label={label} />
              </td>
              <td>{reason === undefined ? null : <ReasonText reason={reason} />}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </section>
);
