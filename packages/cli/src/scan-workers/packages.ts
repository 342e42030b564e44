/** What a scan by Workers needs beside the command. */
export const WORKER_PACKAGES = [
  '@temporalio/activity',
  '@temporalio/client',
  '@temporalio/envconfig',
  '@temporalio/worker',
  '@temporalio/workflow',
];

/** Where scans by Workers wait, unless it is said otherwise. */
export const SCAN_TASK_QUEUE = 'waxseal-key-scan';
