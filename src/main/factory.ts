import { runFactory } from './factoryProcess.ts';

/* Entry of the factory's process. Argument: JSON `FactoryOptions`. */
runFactory({});
