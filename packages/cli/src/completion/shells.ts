import type { Completion } from './complete';

/** The shells that complete the command. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The line that says that files can stand there too. No word of the command is like it. */
const FILES = ':files';

/** The words of a command line as the command itself would get them. */
export function wordsFrom(shell: Shell, words: readonly string[]): readonly string[] {
  if (shell !== 'bash') return words;
  // Readline takes `=` for a word of its own (COMP_WORDBREAKS).
  return words.reduce<string[]>((joined, word, index) => {
    const isJoint = word === '=' || words[index - 1] === '=';
    if (isJoint && joined.length > 0) joined.push(`${joined.pop() ?? ''}${word}`);
    else joined.push(word);
    return joined;
  }, []);
}

/** What can stand at a place, as the script of a shell reads it: a candidate a line. */
export function completionLines(shell: Shell, { candidates, takesFiles }: Completion): readonly string[] {
  const lines = candidates.map(({ word, about }) => {
    const brief = about.replace(/\s+/g, ' ').slice(0, 100);
    if (shell === 'bash') return word.replace(/^--[^=]+=/, '');
    if (shell === 'zsh') return `${word.replaceAll(':', '\\:')}${brief === '' ? '' : `:${brief}`}`;
    return brief === '' ? word : `${word}\t${brief}`;
  });
  return takesFiles ? [...lines, FILES] : lines;
}

const BASH = `# Completion of waxseal for bash: source <(waxseal completion bash)
_waxseal() {
  local current=\${COMP_WORDS[COMP_CWORD]} line
  [[ $current == '=' ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("$line")
    fi
  done < <("$1" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _waxseal waxseal`;

const ZSH = `#compdef waxseal
# Completion of waxseal for zsh: source <(waxseal completion zsh)
_waxseal() {
  local line
  local -a candidates files
  for line in "\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == '${FILES}' ]]; then files=(yes)
    elif [[ -n $line ]]; then candidates+=("$line")
    fi
  done
  (( \${#candidates} )) && _describe -t commands waxseal candidates
  (( \${#files} )) && _files
  return 0
}
# As a file _waxseal in fpath it is called at once; where it is sourced, it is to be known.
if [[ \${funcstack[1]} == _waxseal ]]; then _waxseal "$@"; else compdef _waxseal waxseal; fi`;

const FISH = `# Completion of waxseal for fish: waxseal completion fish | source
function __waxseal_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l current (commandline -ct)
    for line in ($program completion fish -- $words "$current" 2>/dev/null)
        if test "$line" = '${FILES}'
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c waxseal -e
complete -c waxseal -f -a '(__waxseal_complete)'`;

/** The script that makes a shell complete the command. It asks the command for each completion. */
export function scriptOf(shell: Shell): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
