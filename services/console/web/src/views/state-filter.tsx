import { Mark } from '../components/mark.tsx';
import { STATES, STATE_LOOKS } from '../model/states.ts';

export interface StateFilterProps {
  readonly counts: Readonly<Record<string, number>>;
  readonly chosen: readonly string[];
  readonly onChange: (states: readonly string[]) => void;
}

/** One switch per state with how many there are; states that nothing is in are left out unless chosen. */
export function StateFilter({ counts, chosen, onChange }: StateFilterProps) {
  const offered = STATES.filter((state) => (counts[state] ?? 0) > 0 || chosen.includes(state) || state === 'deleted');
  const toggled = (state: string): readonly string[] =>
    chosen.includes(state) ? chosen.filter((other) => other !== state) : [...chosen, state];
  return (
    <div class="filters" role="group" aria-label="Filter by state">
      <button type="button" class="filter" aria-pressed={chosen.length === 0} onClick={() => onChange([])}>
        All <span class="count">{counts['all'] ?? 0}</span>
      </button>
      {offered.map((state) => (
        <button
          key={state}
          type="button"
          class="filter"
          title={STATE_LOOKS[state].meaning}
          aria-pressed={chosen.includes(state)}
          onClick={() => onChange(toggled(state))}
        >
          <Mark shape={STATE_LOOKS[state].shape} tone={STATE_LOOKS[state].tone} />
          {STATE_LOOKS[state].label} <span class="count">{counts[state] ?? (state === 'deleted' ? '' : 0)}</span>
        </button>
      ))}
    </div>
  );
}
