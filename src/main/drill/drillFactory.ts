import { runFactory } from '../processes/factoryProcess.ts';

/* Entry of the factory in the drill of 2025-11-18: the filter on the database is left out, as it was on that day. */
runFactory({ database: null });
