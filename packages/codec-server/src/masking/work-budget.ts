/** What one call may still do. */
export interface WorkBudget {
  /** In values that are looked at. */
  left: number;
}
