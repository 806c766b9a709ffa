import { createRequire } from 'node:module';
import { type Chance, withMathRandom } from '../../kernel/chance.ts';
import { err, ok, type Result } from '../../kernel/result.ts';
import type { ProfileSource } from './browserProfile.ts';

interface UserAgentsPackage {
  new (): { readonly data: { readonly userAgent: string } };
}
interface HeaderGeneratorPackage {
  readonly HeaderGenerator: new () => { getHeaders(options: object): Record<string, string> };
}

/** Real browsers' values from the packages `user-agents` and `header-generator`; both are dev dependencies. */
export function openProfileSource(chance: Chance): Result<ProfileSource, string> {
  const require = createRequire(import.meta.url);
  try {
    const UserAgents = require('user-agents') as UserAgentsPackage;
    const { HeaderGenerator } = require('header-generator') as HeaderGeneratorPackage;
    const generator = withMathRandom(chance, () => new HeaderGenerator());
    const browsers = ['chrome', 'edge', 'firefox', 'safari'];
    return ok({
      userAgent: () => withMathRandom(chance, () => new UserAgents().data.userAgent),
      headers: () => withMathRandom(chance, () => generator.getHeaders({ httpVersion: '2', browsers })),
    });
  } catch (error) {
    const missing = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return err(
      `training needs the dev dependencies user-agents and header-generator: run \`npm ci\` in a checkout (${missing})`,
    );
  }
}
