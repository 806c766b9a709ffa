import { runFactory } from './processes/factoryProcess.ts';

/* Entry of the factory's process. Argument: JSON `FactoryOptions`. */
runFactory({});
