import { SMOKE_TEST } from './new-files';
import type { PluginChange } from './plugin-diff';
import { installCommands, nodeCommand, runCommand, type Project } from './project';
import type { ChosenKey } from './providers';

/** What is left to do after `waxseal init`. */
export interface NextSteps {
  /** Commands that install what the project lacks. */
  readonly install: readonly string[];
  /** One sentence or command each, in order. */
  readonly steps: readonly string[];
}

/** What is left to do for a project, with the words of its package manager. */
export function nextSteps(
  project: Project,
  key: ChosenKey | undefined,
  { edited, byHand, isCut }: PluginChange,
  isApplied: boolean,
): NextSteps {
  const waxseal = (args: string): string => runCommand(project, `waxseal ${args}`);
  const steps = [
    ...(key?.notes ?? []),
    ...((key?.policies.length ?? 0) > 0
      ? [
          'Give your processes the rights of waxseal/policy: a worker, a Codec Server and waxseal doctor have one each.',
        ]
      : []),
    ...(key === undefined
      ? []
      : [
          `Check the key: ${waxseal('doctor')}`,
          `Encrypt and decrypt once: ${nodeCommand(project, SMOKE_TEST)}`,
        ]),
    ...(edited.length > 0 && !isApplied
      ? [`Place the plugin as the diff above has it: ${waxseal('init --only-plugin --apply')}`]
      : []),
    ...byHand.map(
      ({ path, line, why }) =>
        `By hand, ${path}:${String(line)} (${why}): give it plugins: [plugin], the EnvelopePlugin that the other places have.`,
    ),
    ...(edited.length === 0 && byHand.length === 0
      ? [
          'No Worker.create and no new Client without the plugin was found here: give every one plugins: [new EnvelopePlugin({ codecs })].',
        ]
      : []),
    ...(isCut
      ? ['Very large files and folders were not looked at: look for Worker.create and new Client there.']
      : []),
    'If the application runs already, deploy decoding first: docs/migrating.md has the three deployments.',
    `Let the Web UI decode: ${waxseal('serve --allow-origin http://localhost:8233')}`,
  ];
  return { install: installCommands(project, key?.packages ?? []), steps };
}
