/** What is known of a request before its body comes. */
export interface LocalHead {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  /** The target up to its question mark. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly host: string;
  readonly hasBody: boolean;
}

/** What a request is answered with once its body is there. */
export interface LocalRoute {
  /** 0: the body is not looked at. */
  readonly bodyBytesMax: number;
  /** `body` is undefined when it is longer than that. What is thrown becomes the server's `failed`. */
  answer(body: Buffer | undefined): LocalAnswer | Promise<LocalAnswer>;
}

export interface LocalAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer(status: number, value: unknown): LocalAnswer {
  return { status, type: 'application/json', text: `${JSON.stringify(value)}\n` };
}

export function textAnswer(status: number, text: string): LocalAnswer {
  return { status, type: 'text/plain; charset=utf-8', text };
}
