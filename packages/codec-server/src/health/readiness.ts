/** Whether requests can be answered at present; a rejection means that they cannot. It must answer within a second. */
export type Readiness = () => boolean | Promise<boolean>;
