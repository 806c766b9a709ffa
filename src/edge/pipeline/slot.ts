import { type ModuleName, moduleNames } from '../../modules/all.ts';

/**
 * Where a module's state of a request lies. Whoever imports the slot may read it, and that is the only way in which one
 * module depends on another. A module alone writes its own.
 */
export interface Slot<State> {
  /** The module's place in the list of all. */
  readonly index: number;
  /** Until the module has looked at the request; shared by all requests, so never changed. */
  readonly initial: State;
}

/** Whatever has slots: a request. */
export interface HasSlots {
  readonly slots: unknown[];
}

export function slotOf<State>(module: ModuleName, initial: State): Slot<State> {
  return { index: moduleNames.indexOf(module), initial };
}

export function read<State>({ slots }: HasSlots, slot: Slot<State>): State {
  return slots[slot.index] as State;
}

export function write<State>({ slots }: HasSlots, slot: Slot<State>, state: State): void {
  slots[slot.index] = state;
}

/** What every slot holds before its module has looked at a request; copied for each. */
export function untouchedSlots(modules: readonly { readonly slot?: Slot<unknown> }[]): readonly unknown[] {
  const slots = new Array<unknown>(moduleNames.length).fill(undefined);
  for (const { slot } of modules) if (slot !== undefined) slots[slot.index] = slot.initial;
  return slots;
}
