import { checkBundle } from '../agent/checkBundle.ts';
import type { CheckAnswer, CheckTask } from '../agent/checkTask.ts';

/*
 * Entry of the validator: checks one bundle after another for the agent, which watches its time and memory. It holds
 * nothing that anybody needs; dying is a fine answer.
 */
process.title = 'holdfast: validator';
process.on('disconnect', () => process.exit(0));
process.on('message', (task: CheckTask) => {
  const answer: CheckAnswer = { id: task.id, findings: checkBundle(task, () => performance.now()) };
  process.send?.(answer);
});
