import type { Fault } from '../fault';

const ORDERS = 4;

/** The Worker's process is killed in an outage, and once more after it. */
export const killed: Fault = {
  id: 'killed',
  title: 'Worker’s process killed (SIGKILL) and restarted, in an outage and after it',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset, and a Worker’s process is killed while activities are at work.',
  ends: 'Connections are taken again; a Worker starts, is killed at work, and another one takes over.',
  expected: 'A process that starts in the outage ends with a KeyServiceError; all orders complete after it.',
  repeats: {
    atMost: 3,
    why: 'an activity that was at work in a killed process runs again, as Temporal runs activities at least once',
  },
  sees: {
    workflows: 'Wait while no Worker runs. Data keys in memory die with the process.',
    activities: 'Those at work run again once their time is out: with or without encryption, at least once.',
    failures: 'None is written.',
    clients: 'Go on as in an outage.',
    recovery:
      'In the outage a new process ends with `KeyServiceError … unavailable`; let the supervisor repeat it.',
  },
  run: async (scene) => {
    const client = await scene.newClient();
    const first = scene.startWorkerProcess();
    await scene.orders.place(client, ORDERS, true);
    await scene.haveHad('authorise', ORDERS);
    scene.service.proxy.down();
    await first.kill();
    const second = scene.startWorkerProcess();
    await second.hasEnded();
    scene.expect(second.ended === 1, `a Worker in the outage ended with ${String(second.ended)}`);
    scene.expect(
      second.output.includes('KeyServiceError') && second.output.includes('unavailable'),
      'a Worker in the outage did not say why it ended',
    );
    scene.expect(second.states.size === 0, 'a Worker ran without a data key');
    await scene.end(() => {
      scene.service.proxy.heal();
    });
    const third = scene.startWorkerProcess();
    await scene.haveHad('charge', ORDERS / 2);
    await third.kill();
    scene.startWorkerProcess();
  },
};
