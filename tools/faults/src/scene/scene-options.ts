import type { FaultyKeyService } from '../key-services/faulty-key-service';
import type { Stage } from './stage';

/** What a scene is made of. */
export interface SceneOptions {
  readonly stage: Stage;
  readonly service: FaultyKeyService;
  /** Unique in the run; the task queue and the start of each workflow's ID. */
  readonly name: string;
}
