/** The task queue of the order workers. */
export const taskQueue = 'orders';
