import { Copyable } from '../components/copyable.tsx';
import type { ComparedFact } from '../model/facts.ts';

export const Facts = ({ facts }: { facts: readonly ComparedFact[] }) => (
  <dl class="facts">
    {facts.map(({ label, text, code, copy, nowText }) => (
      <div key={label} class={nowText === undefined ? '' : 'differs'}>
        <dt>{label}</dt>
        <dd>
          {copy === undefined ? code === true ? <code>{text}</code> : text : <Copyable text={copy} label={label} />}
          {nowText !== undefined && <span class="now-text">now: {nowText}</span>}
        </dd>
      </div>
    ))}
  </dl>
);
