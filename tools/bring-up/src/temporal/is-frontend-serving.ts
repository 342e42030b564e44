import { connect } from 'node:http2';

/** `HealthCheckRequest { service }`, framed as one uncompressed gRPC message. */
const checkRequest = grpcFrame('temporal.api.workflowservice.v1.WorkflowService');
const serving = 1;

/**
 * Asks a Temporal frontend whether it serves, with the gRPC health protocol in clear text over HTTP/2.
 *
 * Source: `grpc.health.v1.Health/Check` in grpc-proto, and "gRPC over HTTP2" for the framing.
 *
 * @param address - `host:port`
 * @param timeoutMs - how long an answer is waited for
 * @returns `true` when it answers SERVING; `false` when it answers otherwise, or not at all
 */
export function isFrontendServing(address: string, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, timeoutMs, false);
    session.on('error', () => {
      finish(false);
    });
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {
      finish(false);
    });
    request.on('end', () => {
      const answer = Buffer.concat(chunks);
      finish(answer.length >= 7 && answer[5] === 0x08 && answer[6] === serving);
    });
    request.end(checkRequest);
  });
}

function grpcFrame(service: string): Buffer {
  const name = Buffer.from(service, 'ascii');
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
