import { temporal } from '@temporalio/proto';
import { typeOf, type Message, type TypedMessage } from './messages';
import type { TemporalReader } from './temporal-reader';

const api = temporal.api.workflowservice.v1;
const HISTORY = typeOf(temporal.api.history.v1.History);
const EVENTS_IN_PAGE = 250;

/**
 * Reads the history of an execution. Where its events are not all there, that is noted in `reader.notRead`.
 *
 * @param leastEvents how many there are at least
 * @returns whether the execution is there
 */
export async function readHistory(
  reader: TemporalReader,
  workflowId: string,
  runId: string,
  read: (message: TypedMessage) => void,
  leastEvents = 1,
): Promise<boolean> {
  let events = 0;
  let isWhole = true;
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await reader.ask(
      'GetWorkflowExecutionHistory',
      api.GetWorkflowExecutionHistoryRequest,
      {
        namespace: reader.namespace,
        execution: { workflowId, runId },
        maximumPageSize: EVENTS_IN_PAGE,
        nextPageToken,
        skipArchival: true,
      },
      api.GetWorkflowExecutionHistoryResponse,
    );
    if (page === undefined) return false;
    for (const part of partsOf(reader, page)) {
      for (const { eventId } of part.events ?? []) isWhole &&= Number(eventId) === (events += 1);
      read({ type: HISTORY, message: part as Message });
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  if (!isWhole || events < Math.max(1, leastEvents)) reader.notRead += 1;
  return true;
}

/** A server may be set up to send histories as they are stored: `frontend.sendRawWorkflowHistory`. */
function partsOf(
  reader: TemporalReader,
  { history, rawHistory }: temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse,
): readonly temporal.api.history.v1.IHistory[] {
  const { ENCODING_TYPE_PROTO3: PROTO3 } = temporal.api.enums.v1.EncodingType;
  const raw = rawHistory.map(({ encodingType, data }) => {
    if (encodingType === PROTO3 && data)
      return reader.decode(temporal.api.history.v1.History, data, 'GetWorkflowExecutionHistory');
    reader.notRead += 1;
    return {};
  });
  return [...(history ? [history] : []), ...raw];
}
