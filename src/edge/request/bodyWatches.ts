import { type Guard, NoAnswer, type OnPath } from '../pipeline/guard.ts';
import type { PipelineRequest } from '../pipeline/module.ts';
import { type BodyPieces, isRequestBodyWatch, type WholeBody } from '../pipeline/requestBody.ts';
import type { SitePath } from '../pipeline/sitePath.ts';

export interface PiecesOnPath {
  readonly on: OnPath;
  readonly watch: BodyPieces;
}

export interface WholeOnPath {
  readonly on: OnPath;
  readonly watch: WholeBody;
}

/** Who looks at a request's body, and how. */
export interface BodyWatches {
  readonly pieces: readonly PiecesOnPath[];
  readonly whole: readonly WholeOnPath[];
}

const nobody: BodyWatches = { pieces: [], whole: [] };

/** Asks the modules of a site who wants to see the request's body; undefined: one that may not be left out failed. */
export function askForBody(guard: Guard, path: SitePath, request: PipelineRequest): BodyWatches | undefined {
  if (path.requestBody.length === 0 || !request.hasBody) return nobody;
  const pieces: PiecesOnPath[] = [];
  const whole: WholeOnPath[] = [];
  for (const on of path.requestBody) {
    const watch = guard.call(on, on.steps, on.steps.requestBody, request, undefined, isRequestBodyWatch);
    if (watch === undefined) continue;
    if (watch instanceof NoAnswer) {
      if (on.failure.before === 'closed') return undefined;
    } else if (watch.kind === 'pieces') pieces.push({ on, watch });
    else whole.push({ on, watch });
  }
  return { pieces, whole };
}
