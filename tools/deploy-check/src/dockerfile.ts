import { DockerfileParser, type From } from 'dockerfile-ast';
import { ValidationSeverity, validate } from 'dockerfile-utils';

/**
 * What is wrong with a Dockerfile: by the validator of Docker's own language server (dockerfile-utils; it is maintained and plain
 * JavaScript, where hadolint is a program to download and dockerfilelint has had no release for years), and by our rules: bases
 * pinned to a version, stages that exist, files added from nowhere but the context, a last stage that ends as somebody else than root.
 */
export function checkDockerfile(text: string): readonly string[] {
  const problems = validate(text, {
    deprecatedMaintainer: ValidationSeverity.ERROR,
    directiveCasing: ValidationSeverity.ERROR,
    emptyContinuationLine: ValidationSeverity.ERROR,
    instructionCasing: ValidationSeverity.ERROR,
    instructionCmdMultiple: ValidationSeverity.ERROR,
    instructionEntrypointMultiple: ValidationSeverity.ERROR,
    instructionHealthcheckMultiple: ValidationSeverity.ERROR,
    instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
    instructionWorkdirRelative: ValidationSeverity.ERROR,
  }).map(
    ({ range, message }) => `line ${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
  );
  const dockerfile = DockerfileParser.parse(text);
  const froms = dockerfile.getFROMs();
  const last = froms.at(-1)?.getRange().start.line ?? 0;
  const users = dockerfile.getInstructions().filter((each) => {
    return each.getInstruction() === 'USER' && each.getRange().start.line > last;
  });
  const user = users.at(-1)?.getArgumentsContent() ?? 'root';
  const stages = froms.flatMap((from) => from.getBuildStage() ?? []);
  return [
    ...problems,
    ...froms
      .filter((from) => !isPinned(from, stages))
      .map((from) => `FROM ${from.getImage() ?? ''}: not pinned to a version`),
    ...dockerfile
      .getCOPYs()
      .flatMap((copy) => copy.getFromFlag()?.getValue() ?? [])
      .filter((stage) => !stages.includes(stage))
      .map((stage) => `COPY --from=${stage}: there is no such stage`),
    ...dockerfile
      .getInstructions()
      .filter((each) => each.getInstruction() === 'ADD')
      .map(() => 'ADD: use COPY, which adds nothing from elsewhere'),
    ...(/^(?:root|0)(?::|$)/.test(user) ? ['the last stage runs as root'] : []),
  ];
}

const isPinned = (from: From, stages: readonly string[]): boolean =>
  stages.includes(from.getImage() ?? '') || /^v?\d+\.\d+/.test(from.getImageTag() ?? '');
