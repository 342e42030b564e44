import type { Fault } from '../fault';
import { outage } from './outage';

/** Workflow tasks need a data key that the Worker has not seen. */
export const downDuringWorkflowTask: Fault = {
  id: 'down-during-workflow-task',
  title: 'Key service down during a workflow task',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; orders come from a client whose data key the Worker has not seen.',
  ends: 'Connections are taken again after 5 s.',
  expected: 'Orders under way go on; the new ones have failed workflow tasks, wait, and complete afterwards.',
  sees: {
    workflows:
      'Under data keys that the Worker has read within `maxStaleAge` (24 h): go on. Others: `WorkflowTaskFailed`, and the workflow waits.',
    activities: 'Go on, where the data key is in memory.',
    failures: 'Are encrypted as ever.',
    clients: 'As workflows; where the data key is not in memory, they get `KeyServiceError`.',
    recovery:
      'By itself: Temporal repeats the workflow task, after ten seconds or more when the outage is long.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.down();
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};
