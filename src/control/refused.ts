import type { Finding } from '../contract/finding.ts';

/** Why control does not do what was asked; becomes the answer's status and `ApiError`. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: 400 | 401 | 404 | 409 | 413 | 422 | 423 | 503;
  /** Stable kebab-case word. */
  readonly code: string;
  readonly help: string;
  readonly findings: readonly Finding[] | undefined;

  constructor(status: Refused['status'], code: string, help: string, findings?: readonly Finding[]) {
    super(`${code}: ${help}`);
    this.status = status;
    this.code = code;
    this.help = help;
    this.findings = findings;
  }
}
