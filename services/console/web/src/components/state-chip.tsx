import { lookOf } from '../model/states.ts';
import { Chip } from './mark.tsx';

export function StateChip({ state }: { state: string }) {
  const { shape, tone, label, meaning } = lookOf(state);
  return <Chip shape={shape} tone={tone} label={label} title={meaning} />;
}
