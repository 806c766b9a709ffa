import { type ControlOptions, runControl } from './processes/runControl.ts';

/* Entry of control's process. Argument: JSON `ControlOptions`. */
runControl(JSON.parse(process.argv[2] ?? '{}') as ControlOptions);
